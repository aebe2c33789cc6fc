// What the server says of itself at /version: the Kubernetes version that it speaks.
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

/** Serves /version and /version/. */
export const versionPath: PathHandler = (exchange) => {
  if (exchange.path !== '/version' && exchange.path !== '/version/') return false;
  if (exchange.method !== 'GET') return false;
  exchange.send(200, 'application/json', JSON.stringify(versionInfo, null, 2));
  return true;
};
