/** The goals that the servers are held to, each as a ratio or a figure of one run. */
import { median, type Point, type Results, ratio, rowsOf } from './results.ts';

interface Goal {
  readonly text: string;
  readonly wanted: number;
  readonly got: number;
  /** Whether less is better. */
  readonly atMost?: boolean;
}

export function goalTable(results: Results): string {
  const goals = [
    ...rivalGoals(results),
    ...displayGoals(results),
    ...idleGoals(results),
    ...otherGoals(results),
  ].filter(({ got }) => !Number.isNaN(got));
  const lines = goals.map(({ text, wanted, got, atMost }) => {
    const met = atMost ? got <= wanted : got >= wanted;
    return `| ${text} | ${atMost ? '≤' : '≥'} ${shown(wanted)} | ${shown(got)} | ${met ? 'met' : 'missed'} |`;
  });
  return ['## Goals', '', '| | goal | measured | |', '|---|--:|--:|---|', ...lines, ''].join('\n');
}

function rivalGoals(results: Results): Goal[] {
  return rowsOf(results, 'throughput').flatMap(({ contender, clients, inFlight }) => {
    const to = (rival: string, wanted: number): Goal => ({
      text: `${contender} to ${rival}, ${clients} × ${inFlight}`,
      wanted,
      got: throughputRatio(results, contender, rival, { clients, inFlight }),
    });
    if (contender === 'server2') return clients === 50 ? [to('Python threads', 1)] : [];
    if (contender !== 'server3' && contender !== 'server4') return [];
    const nodeNet = clients >= 50 ? [to('node:net', 2)] : [];
    return [to('C select', 0.75), ...nodeNet, to('Python select', 1)];
  });
}

function throughputRatio(
  results: Results,
  name: string,
  rival: string,
  load: Partial<Point>,
): number {
  const [row] = rowsOf(results, 'throughput', { ...load, contender: name });
  const like = { ...load, contender: rival };
  const [other] = row
    ? rowsOf(results, 'throughput', { ...like, conversation: row.conversation })
    : [];
  return ratio(row, other, 'perSecond');
}

function displayGoals(results: Results): Goal[] {
  return rowsOf(results, 'display', { display: true }).map(row => {
    const { contender, inFlight } = row;
    const [quiet] = rowsOf(results, 'display', { contender, inFlight, display: false });
    return {
      text: `${contender} displayed to quiet, 50 × ${inFlight}`,
      wanted: 0.5,
      got: ratio(row, quiet, 'perSecond'),
    };
  });
}

function idleGoals(results: Results): Goal[] {
  return ['server3', 'server4'].flatMap(contender => {
    const [none] = rowsOf(results, 'idle', { contender, idle: 0 });
    const [thousand] = rowsOf(results, 'idle', { contender, idle: 1000 });
    const [most] = rowsOf(results, 'idle', { contender, idle: 9000 });
    const [nodeNet] = most
      ? rowsOf(results, 'idle', {
          conversation: 'echo',
          contender: 'node:net',
          idle: 9000,
        })
      : [];
    return [
      {
        text: `${contender}, 1,000 idle to none`,
        wanted: 0.75,
        got: ratio(thousand, none, 'perSecond'),
      },
      {
        text: `${contender} to node:net, 9,000 idle`,
        wanted: 1,
        got: ratio(most, nodeNet, 'perSecond'),
      },
    ];
  });
}

function otherGoals(results: Results): Goal[] {
  const memory = (contender: string, idle: number) =>
    median(rowsOf(results, 'memory', { contender, idle })[0], 'KiB');
  const perThread = (contender: string) => {
    const most = Math.max(...rowsOf(results, 'memory', { contender }).map(({ idle }) => idle));
    return (memory(contender, most) - memory(contender, 0)) / most;
  };
  const [nothing] = rowsOf(results, 'start', { contender: 'node -e 0' });
  const bulk = rowsOf(results, 'bulk')[0];
  return [
    {
      text: 'server2, connect to first reply, ms',
      wanted: 3,
      got: median(rowsOf(results, 'first', { contender: 'server2' })[0], 'p50') / 1000,
      atMost: true,
    },
    {
      text: 'server2, memory of a client to a bare worker',
      wanted: 1.15,
      got: perThread('server2') / perThread('bare worker'),
      atMost: true,
    },
    ...['server1', 'server2', 'server3', 'server4'].map(contender => ({
      text: `${contender}, start to listening, to node -e 0`,
      wanted: 2.5,
      got: ratio(rowsOf(results, 'start', { contender })[0], nothing, 'ms'),
      atMost: true,
    })),
    {
      text: 'bulk run, thousand expressions/s',
      wanted: 200,
      got: median(bulk, 'perSecond') / 1000,
    },
    {
      text: 'bulk run, memory at the end to the first quarter',
      wanted: 1.1,
      got: median(bulk, 'growth'),
      atMost: true,
    },
  ];
}

function shown(value: number): string {
  return String(Number(value.toPrecision(3)));
}
