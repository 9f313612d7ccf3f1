/** "Did you mean …?" for names that are typed almost right. */

/** More slips than this, and it is another name. */
const SLIPS = 2;

/** @returns ` (did you mean 'server3'?)`, or nothing when no name is near. */
export function suggestion(typed: string, names: readonly string[]): string {
  const near = names
    .filter(name => Math.abs(name.length - typed.length) <= SLIPS)
    .map(name => ({ name, slips: slipsBetween(typed, name) }));
  const least = Math.min(...near.map(({ slips }) => slips));
  if (least > SLIPS || least >= typed.length / 2) return '';
  const nearest = near.filter(({ slips }) => slips === least).map(({ name }) => `'${name}'`);
  return ` (did you mean ${nearest.join(' or ')}?)`;
}

/** Letters to add, remove, replace or swap with their neighbour, at the least. */
function slipsBetween(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
        swapped ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] as number;
}
