// A kubeconfig with one cluster, one user and one context. JSON is YAML, so no YAML writer is needed for valid files,
// but people read these: it is written as plain YAML by hand.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../storage/make-folder.ts';
import type { KeyPair } from './pki.ts';

/** What a kubeconfig says. */
export interface KubeconfigOptions {
  readonly name: string;
  /** `https://127.0.0.1:6443` */
  readonly server: string;
  /** PEM of the certificate authority. */
  readonly authority: string;
  readonly user: { name: string; pair: KeyPair };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** The text of a kubeconfig. */
export function kubeconfigText({ name, server, authority, user }: KubeconfigOptions): string {
  return `apiVersion: v1
kind: Config
clusters:
- name: ${name}
  cluster:
    server: ${server}
    certificate-authority-data: ${base64(authority)}
users:
- name: ${user.name}
  user:
    client-certificate-data: ${base64(user.pair.certificate)}
    client-key-data: ${base64(user.pair.key)}
contexts:
- name: ${name}
  context:
    cluster: ${name}
    user: ${user.name}
current-context: ${name}
preferences: {}
`;
}

/** Writes a kubeconfig that only the owner can read, whole or not at all. */
export function writeKubeconfig(path: string, text: string): void {
  makeFolder(dirname(path));
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

const lists = ['clusters', 'users', 'contexts'] as const;

/**
 * Adds a cluster, its user and its context to a kubeconfig, or replaces those of the name, and makes the context the
 * current one. Everything else is kept, comments too. Throws when the file is no kubeconfig.
 */
export async function mergeKubeconfig(path: string, options: KubeconfigOptions): Promise<void> {
  const own = kubeconfigText(options);
  if (!existsSync(path)) {
    writeKubeconfig(path, own);
    return;
  }
  // loaded only here: most starts do not need it
  const { parse, parseDocument } = await import('yaml');
  const document = parseDocument(readFileSync(path, 'utf8'));
  if (document.errors.length > 0)
    throw Object.assign(new Error(`${path} is no kubeconfig: ${document.errors[0]!.message}`), {
      code: 'EKUBECONFIG',
    });
  const added = parse(own) as Record<(typeof lists)[number], { name: string }[]>;
  const known = (document.toJS() ?? {}) as Partial<Record<(typeof lists)[number], { name: string }[]>>;
  for (const list of lists) {
    const [entry] = added[list];
    const at = (known[list] ?? []).findIndex((e) => e.name === entry!.name);
    if (known[list]?.length)
      document.setIn([list, at < 0 ? known[list].length : at], document.createNode(entry));
    else document.set(list, document.createNode([entry]));
  }
  document.set('current-context', options.name);
  if (!document.has('apiVersion')) document.set('apiVersion', 'v1');
  if (!document.has('kind')) document.set('kind', 'Config');
  writeKubeconfig(path, document.toString());
}
