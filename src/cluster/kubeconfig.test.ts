import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigText, mergeKubeconfig } from './kubeconfig.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubeskiff-test-'));
  path = join(folder, 'config');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = {
  name: 'kubeskiff',
  server: 'https://127.0.0.1:6443',
  authority: 'the authority',
  user: { name: 'kubeskiff-admin', pair: { certificate: 'a certificate', key: 'a key' } },
};

const others = `# mine
apiVersion: v1
kind: Config
clusters:
- name: work # keep this
  cluster: {server: "https://work.example.com"}
- name: kubeskiff
  cluster: {server: "https://old.example.com"}
users:
- name: me
  user: {token: secret}
contexts:
- name: work
  context: {cluster: work, user: me}
current-context: work
`;

test('a missing file becomes a whole kubeconfig that only the owner can read', async () => {
  await mergeKubeconfig(path, options);
  expect(readFileSync(path, 'utf8')).toBe(kubeconfigText(options));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what else a file has is kept, and what has the name is replaced', async () => {
  writeFileSync(path, others);
  await mergeKubeconfig(path, options);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain('# mine');
  expect(text).toContain('# keep this');
  const config = parse(text);
  expect(config.clusters.map((c: { name: string }) => c.name)).toEqual(['work', 'kubeskiff']);
  expect(config.clusters[1].cluster.server).toBe('https://127.0.0.1:6443');
  expect(config.users.map((u: { name: string }) => u.name)).toEqual(['me', 'kubeskiff-admin']);
  expect(config.contexts).toEqual([
    { name: 'work', context: { cluster: 'work', user: 'me' } },
    { name: 'kubeskiff', context: { cluster: 'kubeskiff', user: 'kubeskiff-admin' } },
  ]);
  expect(config['current-context']).toBe('kubeskiff');
  await mergeKubeconfig(path, options);
  expect(readFileSync(path, 'utf8')).toBe(text);
});

test('an empty file, and lists that are null, are filled', async () => {
  writeFileSync(path, '');
  await mergeKubeconfig(path, options);
  expect(parse(readFileSync(path, 'utf8'))).toEqual(
    expect.objectContaining({ kind: 'Config', apiVersion: 'v1' }),
  );
  writeFileSync(path, 'clusters: null\nusers: []\n');
  await mergeKubeconfig(path, options);
  const config = parse(readFileSync(path, 'utf8'));
  expect([config.clusters.length, config.users.length, config.contexts.length]).toEqual([1, 1, 1]);
});

test('a file that is no YAML is refused and left alone', async () => {
  writeFileSync(path, 'clusters: [\n');
  await expect(mergeKubeconfig(path, options)).rejects.toThrow('is no kubeconfig');
  expect(readFileSync(path, 'utf8')).toBe('clusters: [\n');
});
