// Big objects, long lists while others write, and a server that goes away and comes back.
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

const mebibyte = 1024 * 1024;

kubectlSuite('limits', (kubectl) => {
  const map = (name: string, size: number): string =>
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data: { a: 'x'.repeat(size) },
    });

  it('takes a configmap up to its limit and says what is too much', async () => {
    const namespace = await kubectl.namespace();
    const send = (verb: string, stdin: string): ReturnType<typeof kubectl.run> =>
      kubectl.run(['-n', namespace, verb, '-f', '-'], { stdin });
    expect((await send('create', map('full', mebibyte - 1))).stdout).toBe('configmap/full created\n');
    const length = await kubectl.ok([
      '-n',
      namespace,
      'get',
      'cm',
      'full',
      '-o',
      'go-template={{len .data.a}}',
    ]);
    expect(length).toBe(String(mebibyte - 1));
    expect((await send('create', map('over', mebibyte + 1))).stderr).toBe(
      'The ConfigMap "over" is invalid: []: Too long: may not be more than 1048576 bytes\n',
    );
    // apply keeps a copy in an annotation
    expect((await send('apply', map('copied', 300_000))).stderr).toBe(
      'The ConfigMap "copied" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes\n',
    );
    expect((await send('create', map('huge', 4 * mebibyte))).stderr).toBe(
      'Error from server (RequestEntityTooLarge): error when creating "STDIN": Request entity too large: limit is 3145728\n',
    );
    expect(await kubectl.ok(['-n', namespace, 'get', 'cm', '-o', 'name'])).toBe('configmap/full\n');
  });

  it('takes big objects one after another over one connection', async () => {
    const namespace = await kubectl.namespace();
    const items = Array.from({ length: 40 }, (_, i) => JSON.parse(map(`big${i}`, 300_000)) as object);
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    for (const what of ['created', 'replaced', 'replaced']) {
      const verb = what === 'created' ? 'create' : 'replace';
      const { stdout, stderr } = await kubectl.run(['-n', namespace, verb, '-f', '-'], { stdin });
      expect([stderr, stdout.match(new RegExp(what, 'g'))?.length]).toEqual(['', items.length]);
    }
  });

  it('lists 2,000 objects in chunks of one moment while others write', async () => {
    const namespace = await kubectl.namespace();
    const names = Array.from({ length: 2000 }, (_, i) => `m${String(i).padStart(4, '0')}`);
    const items = names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin, timeoutMs: 60_000 });
    const proxy = kubectl.spawn(['proxy', '--port=0']);
    const base = `http://${/serve on (\S+)/.exec(await proxy.until(/serve on \S+\n/))?.[1]}`;
    const url = `${base}/api/v1/namespaces/${namespace}/configmaps`;
    let writing = true;
    let writes = 0;
    const writer = (async () => {
      while (writing) {
        // in front of everything and behind it: neither may show up in the list's later chunks
        for (const name of [`a${writes}`, `z${writes}`]) {
          const body = JSON.stringify({ metadata: { name } });
          const { status } = await fetch(url, {
            method: 'POST',
            body,
            headers: { 'content-type': 'application/json' },
          });
          expect(status).toBe(201);
        }
        writes++;
      }
    })();
    const args = ['-n', namespace, 'get', 'cm', '--chunk-size=100', '-o', 'name', '-v=6'];
    const { code, stdout, stderr } = await kubectl.run(args, { timeoutMs: 60_000 });
    writing = false;
    await writer;
    await proxy.stop();
    expect(code).toBe(0);
    const listed = stdout
      .trim()
      .split('\n')
      .map((line) => line.replace('configmap/', ''));
    expect(listed.filter((name) => name.startsWith('m'))).toEqual(names);
    expect(new Set(listed).size).toBe(listed.length);
    // One moment: as many of the writes in front as of those behind, but for the one under way.
    const count = (letter: string): number => listed.filter((name) => name.startsWith(letter)).length;
    expect(count('a') - count('z')).toBeOneOf([0, 1]);
    expect(writes).toBeGreaterThan(count('a'));
    expect(stderr.match(/configmaps\?[^" ]*continue=/g)?.length).toBeGreaterThanOrEqual(20);
  }, 120_000);
});

kubectlSuite('restart', (kubectl) => {
  it('goes on with the same data, address and credentials', async () => {
    // A server that keeps its data takes the place of the suite's own.
    await kubectl.stopServer();
    const dataDirectory = join(kubectl.folder, 'data');
    await kubectl.start({ storage: 'leveldb', dataDirectory });
    const port = Number(new URL(kubectl.url).port);
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'create', 'configmap', 'c', '--from-literal=a=1']);
    const before = await kubectl.ok(['-n', namespace, 'get', 'cm', 'c', '-o', 'yaml']);

    const watch = kubectl.spawn(['-n', namespace, 'get', 'cm', '-w', '-o', 'name']);
    await watch.until('configmap/c\n');
    const wait = kubectl.spawn([
      ...['-n', namespace, 'wait', 'cm/c', '--for=jsonpath={.data.a}=2', '--timeout=40s', '-v=6'],
    ]);
    // the reader of the wait finds its way back only once its watch was open
    await wait.untilLogged(/watch=true/);
    await kubectl.ok(['-n', namespace, 'annotate', 'cm', 'c', 'seen=yes']);
    await watch.until('configmap/c\nconfigmap/c\n');
    await kubectl.stopServer();
    // As with a real server: a plain watch ends with its connection, kubectl with it.
    const ended = await watch.ended();
    expect(ended.stdout).toBe('configmap/c\nconfigmap/c\n');

    expect(await kubectl.fails(['-n', namespace, 'get', 'cm'])).toContain('was refused');
    await kubectl.start({ storage: 'leveldb', dataDirectory, port });
    const after = await kubectl.ok(['-n', namespace, 'get', 'cm', 'c', '-o', 'yaml']);
    const line = (text: string, name: string): string => new RegExp(`${name}: .*`).exec(text)?.[0] ?? 'none';
    expect(line(after, 'uid')).toBe(line(before, 'uid'));
    expect(line(after, 'a')).toBe('a: "1"');
    // kubectl wait runs an informer, in later versions: it finds its way back.
    if (kubectl.minor < 31) {
      await wait.stop();
      return;
    }
    await kubectl.ok(['-n', namespace, 'patch', 'cm', 'c', '-p', '{"data":{"a":"2"}}']);
    const waited = await wait.ended();
    expect([waited.code, waited.stdout]).toEqual([0, 'configmap/c condition met\n']);
  }, 90_000);
});
