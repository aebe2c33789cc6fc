// What the server says of itself at /version: the Kubernetes version that it speaks.
import { goQuote } from '../api/go-text.ts';
import { methodNotAllowed } from '../api/status.ts';
import type { PathHandler } from './dispatch.ts';

/** meta of k8s.io/apimachinery/pkg/version Info. */
export const versionInfo = {
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3+kubeskiff',
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '2026-07-01T00:00:00Z',
  goVersion: `node${process.version}`,
  compiler: 'v8',
  platform: `${process.platform}/${process.arch === 'x64' ? 'amd64' : process.arch}`,
} as const;

/**
 * The git version that a server is to report, which may add to our own and not differ from it in its three numbers. Throws
 * Error with upstream's text otherwise. Upstream: k8s.io/component-base/version/dynamic.go.
 */
export function reportedVersion(text: string): string {
  const numbers =
    /^v?((?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*))(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/.exec(
      text,
    );
  if (!numbers) throw new Error(`could not parse ${goQuote(text)} as version`);
  if (versionInfo.gitVersion !== `v${numbers[1]}+kubeskiff`)
    throw new Error(
      `version ${goQuote(text)} must match major/minor/patch of default version ${goQuote(versionInfo.gitVersion)}`,
    );
  return text;
}

/** Our version as Go prints the struct that holds it. */
export function versionStruct(): string {
  const fields = Object.entries(versionInfo).map(
    ([name, value]) => `${name[0]!.toUpperCase()}${name.slice(1)}:${goQuote(value)}`,
  );
  return `version.Info{${fields.join(', ')}}`;
}

/** Serves /version and /version/. */
export function versionPath(gitVersion: string = versionInfo.gitVersion): PathHandler {
  const body = JSON.stringify({ ...versionInfo, gitVersion }, null, 2);
  return (exchange) => {
    if (exchange.path !== '/version' && exchange.path !== '/version/') return false;
    if (exchange.method !== 'GET') throw methodNotAllowed();
    exchange.send(200, 'application/json', body);
    return true;
  };
}
