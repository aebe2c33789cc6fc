import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KubeconfigError, loadKubeconfig } from './kubeconfig.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeskiff-kubeconfig-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** A kubeconfig with one cluster and one user with these fields, and the context `main` of both. */
function config(cluster: object, user: object = {}, changes: object = {}): string {
  return file(
    'config',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'main', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'main',
      ...changes,
    }),
  );
}

describe('loadKubeconfig', () => {
  test('reads keys and certificates from data', () => {
    const path = config(
      { server: 'https://127.0.0.1:6443', 'certificate-authority-data': base64('CA') },
      { 'client-certificate-data': base64('CERT'), 'client-key-data': base64('KEY') },
    );
    expect(loadKubeconfig(path)).toEqual({
      server: 'https://127.0.0.1:6443',
      authority: 'CA',
      insecure: false,
      serverName: undefined,
      certificate: 'CERT',
      key: 'KEY',
      token: undefined,
    });
  });

  test('reads them from files beside the kubeconfig, or anywhere', () => {
    mkdirSync(join(folder, 'pki'));
    file('pki/ca.crt', 'CA');
    file('client.crt', 'CERT');
    const key = file('client.key', 'KEY');
    const path = config(
      { server: 'https://x', 'certificate-authority': 'pki/ca.crt' },
      { 'client-certificate': 'client.crt', 'client-key': key },
    );
    expect(loadKubeconfig(path)).toMatchObject({ authority: 'CA', certificate: 'CERT', key: 'KEY' });
  });

  test('data win over files', () => {
    const path = config({ 'certificate-authority': 'nowhere', 'certificate-authority-data': base64('CA') });
    expect(loadKubeconfig(path).authority).toBe('CA');
  });

  test('reads YAML and what a cluster says of its certificate', () => {
    const path = file(
      'config',
      `current-context: main
clusters:
- name: c
  cluster:
    server: https://x
    insecure-skip-tls-verify: true
    tls-server-name: kubernetes
contexts:
- name: main
  context: {cluster: c}
`,
    );
    expect(loadKubeconfig(path)).toMatchObject({
      server: 'https://x',
      insecure: true,
      serverName: 'kubernetes',
      token: undefined,
    });
  });

  test('knows tokens', () => {
    expect(loadKubeconfig(config({}, { token: 'secret' })).token).toBe('secret');
  });

  test('reads a token file anew each time, also where there is a token', () => {
    const path = config({}, { token: 'old', tokenFile: 'token' });
    file('token', 'one\n');
    const { token } = loadKubeconfig(path);
    const read = token as () => string;
    expect(read()).toBe('one');
    file('token', 'two\n');
    expect(read()).toBe('two');
  });

  test('takes another context when asked', () => {
    const path = config(
      { server: 'https://one' },
      {},
      {
        clusters: [
          { name: 'c', cluster: { server: 'https://one' } },
          { name: 'd', cluster: { server: 'https://two' } },
        ],
        contexts: [
          { name: 'main', context: { cluster: 'c' } },
          { name: 'other', context: { cluster: 'd', user: 'u' } },
        ],
      },
    );
    expect(loadKubeconfig(path).server).toBe('https://one');
    expect(loadKubeconfig(path, 'other').server).toBe('https://two');
  });

  test('a cluster without a server is the one that kubectl takes', () => {
    expect(loadKubeconfig(config({})).server).toBe('http://localhost:8080');
  });
});

describe('loadKubeconfig refuses, naming the file', () => {
  const faults: [string, () => string, string, string?][] = [
    ['a file that is not there', () => join(folder, 'none'), 'ENOENT'],
    ['what is no YAML', () => file('config', '{a: [}'), 'config: '],
    ['no current context', () => config({}, {}, { 'current-context': '' }), ': no current-context'],
    ['an empty file', () => file('config', ''), ': no current-context'],
    ['a context that is not there', () => config({}), ': no context named "else"', 'else'],
    ['a cluster that is not there', () => config({}, {}, { clusters: null }), ': no cluster named "c"'],
    ['a user that is not there', () => config({}, {}, { users: [] }), ': no user named "u"'],
    ['users by programs', () => config({}, { exec: { command: 'x' } }), 'users with exec are not supported'],
    [
      'users by plugins',
      () => config({}, { 'auth-provider': { name: 'x' } }),
      'users with auth-provider are not supported',
    ],
    ['users with passwords', () => config({}, { username: 'x' }), 'users with username are not supported'],
  ];
  test.each(faults)('%s', (_, make, message, context) => {
    const path = make();
    expect(() => loadKubeconfig(path, context)).toThrow(KubeconfigError);
    expect(() => loadKubeconfig(path, context)).toThrow(message);
    expect(() => loadKubeconfig(path, context)).toThrow(path);
  });
  test('a certificate that is not there', () => {
    const path = config({ 'certificate-authority': 'none.crt' });
    expect(() => loadKubeconfig(path)).toThrow(KubeconfigError);
    expect(() => loadKubeconfig(path)).toThrow(`${path}: `);
  });
});
