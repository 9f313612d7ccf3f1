/**
 * A chart with one line per server, drawn to SVG from a Vega-Lite specification. A server has the
 * same colour in every chart, and its name at the end of its line. The lines of calcd's servers are
 * solid, those of the other servers dashed.
 */
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

const COLOURS: Readonly<Record<string, string>> = {
  server1: '#e69f00',
  server2: '#d55e00',
  server3: '#0072b2',
  server4: '#009e73',
  'C select': '#555555',
  'Python select': '#cc79a7',
  'Python threads': '#8b5a9f',
  'node:net': '#7a9a01',
  'socat + bc': '#b08d57',
  'bare worker': '#999999',
};

export interface Value {
  readonly name: string;
  readonly x: number | string;
  readonly y: number;
  readonly low: number;
  readonly high: number;
}

const CONFIG = {
  font: 'Helvetica, Arial, sans-serif',
  background: 'white',
  axis: { labelFontSize: 12, titleFontSize: 13, gridColor: '#e4e4e4', titleFontWeight: 'normal' },
  title: { fontSize: 15, anchor: 'start', subtitleFontSize: 12, subtitleColor: '#555' },
  view: { stroke: null },
} as const;

export interface Chart {
  readonly title: string;
  readonly subtitle: string;
  readonly x: string;
  readonly y: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly values: readonly Value[];
}

/** @returns SVG, or undefined when there is only one point on the x axis. */
export async function draw(chart: Chart): Promise<string | undefined> {
  if (new Set(chart.values.map(({ x }) => x)).size < 2) return undefined;
  return new View(parse(compile(specification(chart)).spec), { renderer: 'none' }).toSVG();
}

function specification(chart: Chart): TopLevelSpec {
  const values = chart.values.map(value => ({ ...value, ours: value.name.startsWith('server') }));
  const x = xAxis(chart);
  const y = {
    field: 'y',
    type: 'quantitative',
    title: chart.y,
    scale: chart.logY ? { type: 'log' } : { zero: true },
    axis: chart.logY ? { format: '~g', tickCount: 4 } : { format: '~s' },
  };
  return {
    title: { text: chart.title, subtitle: chart.subtitle },
    width: 560,
    height: 340,
    padding: 12,
    config: CONFIG,
    data: { values },
    encoding: {
      x,
      color: {
        field: 'name',
        type: 'nominal',
        scale: { domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
        legend: null,
      },
    },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.5 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      { mark: { type: 'line', strokeWidth: 2.5 }, encoding: { y, strokeDash: DASH } },
      { mark: { type: 'point', filled: true, size: 55, opacity: 1 }, encoding: { y } },
      // The white outline keeps a name readable where it lies on another line.
      ...[{ stroke: 'white', strokeWidth: 4 }, {}].map(outline => ({
        data: { values: namesApart(chart) },
        mark: { type: 'text', align: 'left', dx: 10, fontSize: 13, fontWeight: 'bold', ...outline },
        encoding: { y, text: { field: 'name' } },
      })),
    ],
  } as TopLevelSpec;
}

const DASH = {
  field: 'ours',
  type: 'nominal',
  scale: { domain: [true, false], range: [[], [5, 4]] },
  legend: null,
};

function xAxis({ x, logX, values }: Chart) {
  const ticks = [...new Set(values.map(value => value.x))];
  if (typeof ticks[0] === 'string') {
    return { field: 'x', type: 'ordinal', title: x, sort: null, axis: { labelAngle: 0 } };
  }
  return {
    field: 'x',
    type: 'quantitative',
    title: x,
    scale: logX ? { type: 'log', nice: false } : { zero: true },
    axis: { values: ticks, format: ',d', grid: false },
  };
}

/** The end of each line, moved up where two names would overlap. */
function namesApart({ values, logY }: Chart): Value[] {
  const ends = new Map<string, Value>();
  for (const value of values) ends.set(value.name, value);
  const scale = logY ? Math.log : (value: number) => value;
  const back = logY ? Math.exp : (value: number) => value;
  const heights = values.map(({ high }) => scale(high));
  const least = (Math.max(...heights) - (logY ? Math.min(...heights) : 0)) / (logY ? 14 : 20);
  const highest = new Map<number | string, number>();
  return [...ends.values()]
    .sort((a, b) => a.y - b.y)
    .map(value => {
      const y = Math.max(scale(value.y), (highest.get(value.x) ?? -1e9) + least);
      highest.set(value.x, y);
      return { ...value, y: back(y) };
    });
}
