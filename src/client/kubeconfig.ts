// Reads a kubeconfig: where a cluster is and who we are. Upstream: k8s.io/client-go/tools/clientcmd.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ConnectOptions } from './connect.ts';

/** A kubeconfig that can't be used; the message names the file and what is wrong. */
export class KubeconfigError extends Error {}

interface NamedEntry {
  readonly name?: string;
  readonly [field: string]: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

function entry(config: Fields, list: string, field: string, name: string, path: string): Fields {
  const entries = (config[list] ?? []) as readonly NamedEntry[];
  const found = entries.find((e) => e.name === name);
  if (!found) throw new KubeconfigError(`${path}: no ${field} named ${JSON.stringify(name)}`);
  return (found[field] ?? {}) as Fields;
}

/** `NAME-data` in base64, or the file that NAME names, relative to the kubeconfig. */
function pem(fields: Fields, name: string, path: string): string | undefined {
  const data = fields[`${name}-data`];
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const file = fields[name];
  if (typeof file !== 'string' || file === '') return undefined;
  try {
    return readFileSync(resolve(dirname(path), file), 'utf8');
  } catch (cause) {
    throw new KubeconfigError(`${path}: ${(cause as Error).message}`, { cause });
  }
}

function token(user: Fields, path: string): string | (() => string) | undefined {
  const file = user['tokenFile'];
  // service account tokens are replaced in place: the file is read for each request
  if (typeof file === 'string' && file !== '')
    return () => readFileSync(resolve(dirname(path), file), 'utf8').trim();
  return user['token'] as string | undefined;
}

const unsupported = ['exec', 'auth-provider', 'username'];

/** The connection of a context, the current one by default. Throws KubeconfigError. */
export function loadKubeconfig(path: string, context?: string): ConnectOptions {
  let config: Fields;
  try {
    config = (parse(readFileSync(path, 'utf8')) ?? {}) as Fields;
  } catch (cause) {
    throw new KubeconfigError(`${path}: ${(cause as Error).message}`, { cause });
  }
  const name = context ?? (config['current-context'] as string | undefined);
  if (!name) throw new KubeconfigError(`${path}: no current-context`);
  const chosen = entry(config, 'contexts', 'context', name, path);
  const cluster = entry(config, 'clusters', 'cluster', String(chosen['cluster']), path);
  const user = chosen['user'] ? entry(config, 'users', 'user', String(chosen['user']), path) : {};
  for (const way of unsupported)
    if (user[way] !== undefined) throw new KubeconfigError(`${path}: users with ${way} are not supported`);
  return {
    server: String(cluster['server'] ?? 'http://localhost:8080'),
    authority: pem(cluster, 'certificate-authority', path),
    insecure: cluster['insecure-skip-tls-verify'] === true,
    serverName: cluster['tls-server-name'] as string | undefined,
    certificate: pem(user, 'client-certificate', path),
    key: pem(user, 'client-key', path),
    token: token(user, path),
  };
}
