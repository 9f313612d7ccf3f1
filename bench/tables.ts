/** The results as Markdown: a table for each part, medians with the lowest and highest round. */
import { GENERATOR_BUSY } from './generator.ts';
import {
  median,
  type Part,
  type Point,
  type Results,
  type Row,
  rowsOf,
  sorted,
} from './results.ts';

/** Behind a figure that the load generator may have limited. */
const BUSY_MARK = ' ⚠';

interface Table {
  readonly part: Part;
  readonly title: string;
  readonly metric: string;
  /** What a column is of: equal names share one. */
  readonly column: (point: Point) => string;
  readonly show: (value: number) => string;
}

const load = ({ clients, inFlight }: Point) => `${clients} × ${inFlight}`;
const idle = (point: Point) => `${point.idle} idle`;

const TABLES: readonly Table[] = [
  {
    part: 'throughput',
    title: 'Messages a second, by clients × messages in flight',
    metric: 'perSecond',
    column: load,
    show: thousands,
  },
  {
    part: 'throughput',
    title: 'Latency in the closed loop, 99th percentile in µs',
    metric: 'p99',
    column: load,
    show: rounded,
  },
  ...(['p50', 'p90', 'p99', 'p999'] as const).map(
    (metric): Table => ({
      part: 'latency',
      title: `Latency at a fixed rate, ${metric} in µs`,
      metric,
      column: ({ clients, rate }) => `${rate} a second, ${clients} clients`,
      show: rounded,
    }),
  ),
  {
    part: 'display',
    title: 'Messages a second of 50 clients, quiet and with the display to a file',
    metric: 'perSecond',
    column: point => `× ${point.inFlight}, ${point.display ? 'displayed' : 'quiet'}`,
    show: thousands,
  },
  {
    part: 'idle',
    title: 'Messages a second of 50 busy clients beside idle ones',
    metric: 'perSecond',
    column: idle,
    show: thousands,
  },
  {
    part: 'first',
    title: 'From connect to the first reply, of single newcomers, median in µs',
    metric: 'p50',
    column: () => 'µs',
    show: rounded,
  },
  {
    part: 'memory',
    title: 'Resident memory in MiB, by clients who were answered and are silent',
    metric: 'KiB',
    column: idle,
    show: KiB => (KiB / 1024).toFixed(1),
  },
  {
    part: 'start',
    title: 'From start to listening, in ms',
    metric: 'ms',
    column: () => 'ms',
    show: rounded,
  },
  {
    part: 'bulk',
    title: '`calcd client --quiet < sums`, expressions a second',
    metric: 'perSecond',
    column: () => 'expressions/s',
    show: thousands,
  },
];

export function head({ machine, absent }: Results): string {
  const lines = [
    ['Command', `\`${machine.command}\``],
    ['Machine', machine.processor],
    ['System', machine.system],
    ['Versions', machine.versions],
    ['Commit', `${machine.commit}, ${machine.date} UTC`],
    ['Load generator', machine.generator],
    ['Not installed here', absent.join(', ') || 'nothing'],
  ];
  return [
    '# Results',
    '',
    ...lines.map(([name, value]) => `- ${name}: ${value}`),
    '',
    `Medians of the rounds (lowest to highest);${BUSY_MARK} where the load generator itself used`,
    `more than ${GENERATOR_BUSY * 100} % of a core, so that the server may be faster than that.`,
    '',
  ].join('\n');
}

export function allTables(results: Results): string {
  return TABLES.map(table => markdown(table, rowsOf(results, table.part)))
    .filter(Boolean)
    .join('\n');
}

function markdown({ title, metric, column, show }: Table, rows: Row[]): string {
  if (rows.length === 0) return '';
  const columns = [...new Set(rows.map(column))];
  const names = [...new Set(rows.map(rowName))];
  const lines = names.map(name => {
    const cells = columns.map(wanted => {
      const row = rows.find(one => rowName(one) === name && column(one) === wanted);
      return row ? cell(row, metric, show) : '';
    });
    return `| ${[name, ...cells].join(' | ')} |`;
  });
  const rule = `|---|${columns.map(() => '--:|').join('')}`;
  return [`## ${title}`, '', `| | ${columns.join(' | ')} |`, rule, ...lines, ''].join('\n');
}

function rowName({ contender, conversation }: Row): string {
  const isOurs =
    contender.startsWith('server') || contender.endsWith(' 0') || contender === 'bare worker';
  return isOurs ? contender : `${contender}, ${conversation}`;
}

function cell(row: Row, metric: string, show: (value: number) => string): string {
  const values = sorted(row, metric);
  const spread =
    values.length > 1 ? ` (${show(values[0] as number)} to ${show(values.at(-1) as number)})` : '';
  const limited = metric === 'perSecond' && median(row, 'cpu') > GENERATOR_BUSY;
  return `${show(median(row, metric))}${spread}${limited ? BUSY_MARK : ''}`;
}

function thousands(value: number): string {
  return value >= 1e6 ? `${(value / 1e6).toFixed(2)} M` : `${(value / 1e3).toFixed(1)} k`;
}

function rounded(value: number): string {
  return String(Math.round(value));
}
