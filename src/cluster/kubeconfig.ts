// A kubeconfig with one cluster, one user and one context. JSON is YAML, so no YAML writer is needed for valid files,
// but people read these: it is written as plain YAML by hand.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
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
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
