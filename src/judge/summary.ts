/** The last lines for a whole directory: a row for each program. */
import { ROLES } from './item.ts';
import { type Judged, passes, scores } from './verdict.ts';

export function summary(all: readonly Judged[], notes: readonly string[]): string {
  const rows = ROLES.map(role => {
    const judged = all.find(one => one.role === role);
    if (!judged) return `– ${role}  ${notes.find(note => note.includes(role)) ?? 'not found'}`;
    const counts = scores(judged).map(({ level, passed, of }) => `${level} ${passed}/${of}`);
    return `${passes(judged) ? '✓' : '✗'} ${role}  ${counts.join('  ')}`;
  });
  return rows.join('\n');
}
