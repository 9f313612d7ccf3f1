/**
 * Screens of terminals as one SVG. Each run of characters gets its place and its length on the grid,
 * so that columns stay aligned in whatever monospaced font a viewer has.
 */

export interface Screen {
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  /** As `tmux capture-pane -e` prints them: text with SGR sequences. */
  readonly lines: readonly string[];
  readonly cursor: { readonly x: number; readonly y: number };
}

/** Pixels of the drawing; a viewer may scale it. */
const CELL = { width: 8.4, height: 19, baseline: 14 };
const FONT_SIZE = 14;
const PADDING = 12;
const TITLE = 26;
const GAP = 12;

const FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** Dark windows with a border are readable on a light page and on a dark one. */
const STYLE = `
  .window { fill: #0d1117; stroke: #57606a; }
  .bar { fill: #24292f; }
  .name { fill: #d0d7de; font-weight: bold; text-anchor: middle; }
  text { font: ${FONT_SIZE}px ${FONT}; fill: #e6edf3; white-space: pre; }
  .bold { font-weight: bold; }
  .cursor { fill: #e6edf3; }
  .c31 { fill: #ff7b72; }
  .c32 { fill: #7ee787; }
  .c33 { fill: #e3b341; }
  .c34 { fill: #79c0ff; }
  .c35 { fill: #d2a8ff; }
  .c36 { fill: #4cc9f0; }
  .c2 { fill: #8b949e; }
`;

/**
 * @param columns of windows, from left to right; the windows of a column stand one above the other,
 *   and the last one reaches down to the bottom.
 */
export function terminalsAsSvg(columns: readonly (readonly Screen[])[], title: string): string {
  const bottom = Math.max(...columns.map(column => GAP + sum(column.map(heightOf))));
  let x = GAP;
  const windows: string[] = [];
  for (const column of columns) {
    let y = GAP;
    for (const screen of column) {
      const height = screen === column.at(-1) ? bottom - GAP - y : heightOf(screen) - GAP;
      windows.push(windowAt(x, y, height, screen));
      y += height + GAP;
    }
    x += Math.max(...column.map(widthOf)) + GAP;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.ceil(x)} ${bottom}" role="img">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
${windows.join('\n')}
</svg>
`;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function widthOf({ columns }: Screen): number {
  return columns * CELL.width + 2 * PADDING;
}

/** With the gap below it. */
function heightOf({ rows }: Screen): number {
  return rows * CELL.height + TITLE + 2 * PADDING + GAP;
}

function windowAt(x: number, y: number, height: number, screen: Screen): string {
  const width = widthOf(screen);
  const lines = screen.lines.map((line, row) => lineAt(row, line)).filter(line => line !== '');
  return `<g transform="translate(${round(x)} ${y})">
<rect class="window" width="${round(width)}" height="${height}" rx="8"/>
<path class="bar" d="M1 ${TITLE}V8a7 7 0 0 1 7-7H${round(width - 8)}a7 7 0 0 1 7 7V${TITLE}z"/>
<text class="name" x="${round(width / 2)}" y="18">${escaped(screen.title)}</text>
<g transform="translate(${PADDING} ${TITLE + PADDING})">
${lines.join('\n')}
${cursorAt(screen.cursor)}
</g>
</g>`;
}

function cursorAt({ x, y }: Screen['cursor']): string {
  const [left, top] = [round(x * CELL.width), y * CELL.height + 1];
  return `<rect class="cursor" x="${left}" y="${top}" width="${CELL.width}" height="17"/>`;
}

/** A line is cut where its colour changes. */
function lineAt(row: number, line: string): string {
  const y = row * CELL.height + CELL.baseline;
  let column = 0;
  let classes = '';
  let runs = '';
  // Before the first sequence there is only text: it gets an empty one.
  for (const part of `m${line}`.split('\x1b[')) {
    const [, codes = '', text = ''] = /^([\d;]*)m(.*)$/.exec(part) ?? [];
    classes = classesAfter(classes, codes);
    if (text === '') continue;
    const length = round(text.length * CELL.width);
    const place = `x="${round(column * CELL.width)}" y="${y}" textLength="${length}"`;
    const style = classes ? ` class="${classes}"` : '';
    runs += `<text ${place} lengthAdjust="spacingAndGlyphs"${style}>${escaped(text)}</text>`;
    column += text.length;
  }
  return runs;
}

/** Only what calcd prints: bold, dim and the foreground colours. */
function classesAfter(classes: string, codes: string): string {
  let after = classes;
  for (const code of codes.split(';')) {
    if (code === '' || code === '0') after = '';
    else if (code === '39') after = after.replace(/c3\d/, '').trim();
    else after = `${after} ${code === '1' ? 'bold' : `c${code}`}`.trim();
  }
  return after;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
