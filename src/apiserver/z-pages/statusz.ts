// /statusz: since when the server runs, which version it is, and where to look further.
// Upstream: k8s.io/apiserver/pkg/server/statusz.
import { formatTime } from '../../api/time.ts';
import { versionInfo } from '../version.ts';
import type { ZPage } from './z-page.ts';

const apiPaths = new Set(['api', 'apis', 'openid', 'openapi', '.well-known']);

/** The first parts of the paths that are no API. */
function pathsBesideApi(paths: readonly string[]): string[] {
  const first = new Set(paths.map((path) => path.split('/')[1]!));
  return [...first].filter((name) => name !== '' && !apiPaths.has(name)).map((name) => `/${name}`);
}

function duration(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${Math.floor(seconds / 3600)} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`;
}

/** As Go's time.UnixDate, in UTC. */
function unixDate(time: number): string {
  const [day, date, month, year, clock] = new Date(time).toUTCString().replace(',', '').split(' ');
  return `${day} ${month} ${String(Number(date)).padStart(2)} ${clock} UTC ${year}`;
}

/**
 * The page. `paths`: all of the server's; `startedAt` and `now`: milliseconds since the Unix epoch. In upstream's text one of four
 * separators is drawn by lot.
 */
export function statusz(paths: readonly string[], startedAt: number, now: () => number): ZPage {
  const version = `${versionInfo.major}.${versionInfo.minor}`;
  const started = Math.floor(startedAt / 1000) * 1000;
  const uptimeSeconds = (): number => Math.max(0, Math.floor((now() - started) / 1000));
  const listed = pathsBesideApi(paths).sort();
  return {
    kind: 'Statusz',
    text: () => `
Started: ${unixDate(started)}
Up: ${duration(uptimeSeconds())}
Go version: ${versionInfo.goVersion}
Binary version: ${version}
Emulation version: ${version}
Paths: ${listed.join(' ')}
`,
    fields: () => ({
      startTime: formatTime(started),
      uptimeSeconds: uptimeSeconds(),
      goVersion: versionInfo.goVersion,
      binaryVersion: version,
      emulationVersion: version,
      paths: listed,
    }),
  };
}
