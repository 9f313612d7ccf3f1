/** Which charts are drawn of a run. */
import { type Chart, draw, type Value } from './chart.ts';
import type { Conversation } from './contenders.ts';
import { median, type Results, type Row, rowsOf } from './results.ts';

const SPREAD = 'Medians; bars from the lowest to the highest round';

/** @returns SVG by file name, for the parts that were measured. */
export async function allPlots(results: Results): Promise<Record<string, string>> {
  const charts: Record<string, Chart> = {
    'throughput-calculator': throughput(results, 'calculator', 1),
    'throughput-calculator-pipelined': throughput(results, 'calculator', 16),
    'throughput-echo': throughput(results, 'echo', 1),
    'throughput-echo-pipelined': throughput(results, 'echo', 16),
    'idle-clients': idleClients(results),
    latency: latency(results),
    memory: memory(results),
  };
  const plots: Record<string, string> = {};
  for (const [name, chart] of Object.entries(charts)) {
    const svg = await draw(chart);
    if (svg) plots[name] = svg;
  }
  return plots;
}

function throughput(results: Results, conversation: Conversation, inFlight: number): Chart {
  const rows = rowsOf(results, 'throughput', { conversation, inFlight });
  return {
    title: `Throughput: ${conversation}, ${inFlight} in flight per client`,
    subtitle: SPREAD,
    x: 'clients',
    y: 'messages per second',
    logX: true,
    values: rows.map(row => valueAt(row, 'perSecond', row.clients)),
  };
}

function idleClients(results: Results): Chart {
  const rows = rowsOf(results, 'idle', { conversation: 'echo' });
  return {
    title: 'The cost of idle clients: echo, beside 50 busy clients',
    subtitle: SPREAD,
    x: 'idle clients',
    y: 'messages per second',
    values: rows.map(row => valueAt(row, 'perSecond', row.idle)),
  };
}

/** Percentiles of each at the same rate. */
function latency(results: Results): Chart {
  const rows = rowsOf(results, 'latency', { conversation: 'calculator' });
  const percentiles = { p50: '50 %', p90: '90 %', p99: '99 %', p999: '99.9 %' };
  return {
    title: `Latency: calculator, ${rows[0]?.clients} clients, ${rows[0]?.rate} messages per second`,
    subtitle: 'Open loop: measured from the time each message was due. Medians',
    x: 'percentile of the replies',
    y: 'milliseconds',
    logY: true,
    values: rows.flatMap(row =>
      Object.entries(percentiles).map(([metric, x]) => valueAt(row, metric, x, 1000)),
    ),
  };
}

function memory(results: Results): Chart {
  const rows = rowsOf(results, 'memory').filter(
    ({ contender, conversation, idle }) =>
      idle > 0 && (conversation === 'calculator' || contender === 'server4'),
  );
  return {
    title: 'Memory',
    subtitle: 'Resident memory with silent clients, after one reply to each',
    x: 'clients',
    y: 'MiB',
    logX: true,
    logY: true,
    values: rows.map(row => valueAt(row, 'KiB', row.idle, 1024)),
  };
}

function valueAt(row: Row, metric: string, x: number | string, unit = 1): Value {
  const samples = row.samples.map(sample => (sample[metric] as number) / unit);
  return {
    name: row.contender,
    x,
    y: median(row, metric) / unit,
    low: Math.min(...samples),
    high: Math.max(...samples),
  };
}
