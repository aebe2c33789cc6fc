// Which kubectl the suites run: 1.36 as pinned in pins.json, or what the environment variable KUBESKIFF_KUBECTL says (a
// pinned minor version, or the path of a binary).
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import pins from './pins.json' with { type: 'json' };

/** A kubectl on this machine. */
export interface KubectlBinary {
  readonly path: string;
  /** 36 for 1.36.3. */
  readonly minor: number;
}

const asked = process.env['KUBESKIFF_KUBECTL'] || '1.36';

function pathOf(version: string): string {
  if (version.includes('/')) return version;
  const pin = (pins as Readonly<Record<string, { kubectl: string }>>)[version];
  if (!pin)
    throw new Error(
      `KUBESKIFF_KUBECTL=${version}: pinned are ${Object.keys(pins).join(', ')}; or give a path`,
    );
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  return join(cache, 'kubeskiff', 'kubectl', pin.kubectl, 'kubectl');
}

function find(): KubectlBinary | undefined {
  const path = pathOf(asked);
  if (!existsSync(path)) return undefined;
  const text = execFileSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  const { clientVersion } = JSON.parse(text) as { clientVersion: { minor: string } };
  return { path, minor: Number.parseInt(clientVersion.minor, 10) };
}

/** The binary; undefined where it has not been fetched. */
export const kubectlBinary: KubectlBinary | undefined = find();

/** Why the suites are skipped; undefined when they run. */
export const skipReason: string | undefined = kubectlBinary
  ? undefined
  : `kubectl ${asked} is not in the cache: run "node scripts/fetch-kubectl.mjs ${asked}"`;
