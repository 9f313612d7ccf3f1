/** What Linux's /proc says about a process group; elsewhere the items that need it are left out. */
import { readdirSync, readFileSync } from 'node:fs';

/** One group: its processes, and what they hold together. */
export interface Census {
  readonly processes: number;
  readonly zombies: number;
  /** Threads of all processes, each one's first thread counted too. */
  readonly threads: number;
  readonly descriptors: number;
  readonly cpuSeconds: number;
  readonly residentMiB: number;
}

/** The system's ticks a second and bytes a page, as on all usual Linux systems. */
const TICKS = 100;
const PAGES_PER_MIB = 256;

/** How often to look at it: each look reads a file for every process of the machine. */
export const CENSUS_MS = 100;

export const hasProcessTable = process.platform === 'linux';

export function census(group: number): Census {
  const sum = {
    processes: 0,
    zombies: 0,
    threads: 0,
    descriptors: 0,
    cpuSeconds: 0,
    residentMiB: 0,
  };
  for (const pid of processes()) {
    const fields = statFields(pid);
    if (!fields || fields[2] !== String(group)) continue;
    if (fields[0] === 'Z') {
      sum.zombies++;
      continue;
    }
    const number = (index: number): number => Number(fields[index]);
    sum.processes++;
    sum.threads += number(17);
    sum.cpuSeconds += (number(11) + number(12)) / TICKS;
    sum.residentMiB += number(21) / PAGES_PER_MIB;
    sum.descriptors += countEntries(`/proc/${pid}/fd`);
  }
  return sum;
}

/** Processes whose environment has this `NAME=value`. */
export function marked(mark: string): number[] {
  if (!hasProcessTable) return [];
  return processes().filter(pid => read(`/proc/${pid}/environ`).includes(mark));
}

function processes(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number);
}

/** The fields of proc(5) stat behind the program's name, which may itself hold spaces: state first. */
function statFields(pid: number): string[] | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === '' ? undefined : stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function countEntries(directory: string): number {
  try {
    return readdirSync(directory).length;
  } catch {
    return 0;
  }
}

/** Empty when the process is gone meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
