// Where a cluster keeps what it needs between starts, and how its commands find it.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../storage/make-folder.ts';

/** The user's directory for data, by the XDG rules. */
export function defaultDataDirectory(): string {
  return join(process.env['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'kubeskiff', 'default');
}

/** What a running cluster tells of itself in its data directory. */
export interface ClusterRecord {
  readonly pid: number;
  readonly url: string;
  readonly kubeconfig: string;
  readonly nodes: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

const recordName = 'cluster.json';

/** Makes the directory where it is missing. Throws the error of mkdir. */
export function makeDataDirectory(directory: string): void {
  makeFolder(directory);
}

/** Writes the record, whole or not at all. */
export function writeRecord(directory: string, record: ClusterRecord): void {
  makeDataDirectory(directory);
  const path = join(directory, recordName);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, null, 2)}\n`);
  renameSync(`${path}.new`, path);
}

/** Takes the record away. */
export function removeRecord(directory: string): void {
  rmSync(join(directory, recordName), { force: true });
}

/** The record of the cluster that runs on a directory; undefined when none does. */
export async function readRecord(directory: string): Promise<ClusterRecord | undefined> {
  const path = join(directory, recordName);
  if (!existsSync(path)) return undefined;
  let record: ClusterRecord;
  try {
    record = JSON.parse(readFileSync(path, 'utf8')) as ClusterRecord;
  } catch {
    return undefined;
  }
  // a killed cluster leaves its record behind, and its number may be another's by now
  return isAlive(record.pid) && (await listens(record.url)) ? record : undefined;
}

/** Whether a process of this number exists and has not ended. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !isZombie(pid);
}

/** One that has ended, but that its parent has not taken note of. Known on Linux only. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

function listens(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
