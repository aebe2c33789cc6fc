// Everything secret that a server needs, made on the first start and read back on later ones.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../api/clock.ts';
import { makeFolder } from '../storage/make-folder.ts';
import {
  createAuthority,
  generateRsaKeys,
  generateSigningKey,
  isServingFor,
  issueCertificate,
  type KeyPair,
} from './pki.ts';

/** Keys and certificates of a server, PEM. */
export interface Credentials {
  /** Signs serving and client certificates. */
  readonly authority: KeyPair;
  readonly serving: KeyPair;
  /** A client certificate of system:masters; it may come later than the rest. */
  readonly admin: Promise<KeyPair>;
  /** Signs service account tokens. */
  readonly tokenKey: string;
}

/** Where credentials are kept; nothing is kept without a directory. */
export interface CredentialStore {
  read(name: string): string | undefined;
  write(name: string, text: string): void;
}

/** Files in a directory, private ones readable by the owner alone. Written whole or not at all. */
export function fileStore(directory: string): CredentialStore {
  return {
    read(name) {
      const path = join(directory, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    },
    write(name, text) {
      makeFolder(directory, 0o700);
      const path = join(directory, name);
      writeFileSync(`${path}.new`, text, { mode: name.endsWith('.key') ? 0o600 : 0o644 });
      renameSync(`${path}.new`, path);
    },
  };
}

/** Keeps nothing. */
export const noStore: CredentialStore = { read: () => undefined, write: () => {} };

function readPair(store: CredentialStore, name: string): KeyPair | undefined {
  const certificate = store.read(`${name}.crt`);
  const key = store.read(`${name}.key`);
  return certificate !== undefined && key !== undefined ? { certificate, key } : undefined;
}

async function pair(
  store: CredentialStore,
  name: string,
  good: (found: KeyPair) => boolean,
  make: () => Promise<KeyPair>,
): Promise<KeyPair> {
  const found = readPair(store, name);
  if (found && good(found)) return found;
  const made = await make();
  store.write(`${name}.crt`, made.certificate);
  store.write(`${name}.key`, made.key);
  return made;
}

/** Reads or makes the credentials; `names`: the host names and addresses that the server is reached by. */
export async function loadCredentials(
  store: CredentialStore,
  names: readonly string[],
  clock: Clock,
): Promise<Credentials> {
  const rsaKeys = readPair(store, 'admin') ? undefined : generateRsaKeys();
  const authority = await pair(
    store,
    'ca',
    () => true,
    () => createAuthority('kubeskiff-ca', clock),
  );
  const isGood = (found: KeyPair): boolean => isServingFor(found, authority, names, clock);
  const serve = (): Promise<KeyPair> =>
    issueCertificate(authority, { commonName: 'kube-apiserver' }, { server: names }, clock);
  const admit = (): Promise<KeyPair> =>
    issueCertificate(
      authority,
      { commonName: 'kubernetes-admin', organizations: ['system:masters'] },
      'client',
      clock,
      rsaKeys ?? generateRsaKeys(),
    );
  const isOurs = (found: KeyPair): boolean => isServingFor(found, authority, [], clock);
  const admin = pair(store, 'admin', isOurs, admit);
  // who does not ask for it is not troubled by its failure
  admin.catch(() => {});
  const serving = await pair(store, 'apiserver', isGood, serve);
  let tokenKey = store.read('sa.key');
  if (tokenKey === undefined) {
    tokenKey = await generateSigningKey();
    store.write('sa.key', tokenKey);
  }
  return { authority, serving, admin, tokenKey };
}

/** Keys and certificates of the parts of a cluster, PEM; each part has an identity of its own. */
export interface PartCredentials {
  readonly controllerManager: KeyPair;
  readonly scheduler: KeyPair;
  /** A client certificate for all nodes of one agent. */
  readonly node: KeyPair;
  /** The kubelets' serving certificate. */
  readonly kubelet: KeyPair;
  /** By which kubelets know the API server. */
  readonly kubeletClient: KeyPair;
}

/** Reads or makes the credentials of the parts; `authority` is the API server's. Names and groups are upstream's. */
export async function loadPartCredentials(
  store: CredentialStore,
  authority: KeyPair,
  clock: Clock,
): Promise<PartCredentials> {
  const isOurs = (found: KeyPair): boolean => isServingFor(found, authority, [], clock);
  const client = (name: string, commonName: string, ...organizations: string[]): Promise<KeyPair> =>
    pair(store, name, isOurs, () =>
      issueCertificate(authority, { commonName, organizations }, 'client', clock),
    );
  const local = ['localhost', '127.0.0.1', '::1'];
  const [controllerManager, scheduler, node, kubelet, kubeletClient] = await Promise.all([
    // upstream's controllers have a service account each; ours share one identity, which needs the rights of all
    client('controller-manager', 'system:kube-controller-manager', 'system:masters'),
    client('scheduler', 'system:kube-scheduler'),
    client('node', 'system:node:kubeskiff', 'system:nodes'),
    pair(
      store,
      'kubelet',
      (found) => isServingFor(found, authority, local, clock),
      () => issueCertificate(authority, { commonName: 'kubelet' }, { server: local }, clock),
    ),
    client('apiserver-kubelet-client', 'kube-apiserver-kubelet-client', 'system:masters'),
  ]);
  return { controllerManager, scheduler, node, kubelet, kubeletClient };
}
