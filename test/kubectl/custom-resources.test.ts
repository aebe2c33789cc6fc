// CustomResourceDefinitions and their objects as kubectl's users meet them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/api/schema/type-table.ts';
import { kubectlSuite } from './session.ts';

const file = join(packageRoot(), 'test', 'fixtures', 'custom-resources', 'crontabs.yaml');

kubectlSuite('custom resources', (kubectl) => {
  const crontab = (name: string, spec: object): string =>
    JSON.stringify({ apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name }, spec });
  const create = (namespace: string, stdin: string): ReturnType<typeof kubectl.run> =>
    kubectl.run(['-n', namespace, 'create', '-f', '-'], { stdin });

  it('serves what a definition defines, once it is established', async () => {
    expect(await kubectl.ok(['apply', '-f', file])).toBe(
      'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com created\n',
    );
    expect(await kubectl.ok(['wait', 'crd/crontabs.stable.example.com', '--for=condition=Established'])).toBe(
      'customresourcedefinition.apiextensions.k8s.io/crontabs.stable.example.com condition met\n',
    );
    expect(await kubectl.ok(['api-resources', '--api-group=stable.example.com', '--no-headers'])).toMatch(
      /^crontabs +ct +stable\.example\.com\/v1 +true +CronTab\n$/,
    );
  });

  it('creates with defaults, prints its columns, finds by field', async () => {
    const namespace = await kubectl.namespace();
    const made = await create(namespace, crontab('one', { cronSpec: '* * * * */5' }));
    expect([made.code, made.stdout]).toEqual([0, 'crontab.stable.example.com/one created\n']);
    await create(namespace, crontab('two', { cronSpec: '1 2 3 4 5', image: 'nginx', replicas: 3 }));
    expect(await kubectl.ok(['-n', namespace, 'get', 'ct', '-o', 'wide'])).toMatch(
      /^NAME +SPEC +REPLICAS +IMAGE +AGE\none +\* \* \* \* \*\/5 +1 +busybox +\d+s\ntwo +1 2 3 4 5 +3 +nginx +\d+s\n$/,
    );
    expect(
      await kubectl.ok(['-n', namespace, 'get', 'ct', '--field-selector=spec.image=nginx', '-o', 'name']),
    ).toBe('crontab.stable.example.com/two\n');
    expect(await kubectl.ok(['-n', namespace, 'get', 'all', '-o', 'name'])).toBe(
      'crontab.stable.example.com/one\ncrontab.stable.example.com/two\n',
    );
  });

  it('refuses what does not fit the schema', async () => {
    const namespace = await kubectl.namespace();
    const refused = await create(namespace, crontab('bad', { cronSpec: 'daily', replicas: 11, foo: 1 }));
    expect(refused.stderr).toBe(
      'Error from server (BadRequest): error when creating "STDIN": CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: unknown field "spec.foo"\n',
    );
    const invalid = await create(namespace, crontab('bad', { cronSpec: 'daily', replicas: 11 }));
    expect(invalid.stderr).toContain('The CronTab "bad" is invalid: \n');
    expect(invalid.stderr).toContain(
      '* spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10\n',
    );
    expect(invalid.stderr).toContain(
      '* spec.cronSpec: Invalid value: "daily": spec.cronSpec in body should match \'',
    );
    const twice = await create(namespace, crontab('bad', { cronSpec: '1 2 3 4 5', owners: ['a', 'a'] }));
    expect(twice.stderr).toContain('spec.owners[1]: Duplicate value: "a"\n');
    expect(await kubectl.ok(['-n', namespace, 'get', 'ct', '-o', 'name'])).toBe('');
  });

  it('scales, patches and applies', async () => {
    const namespace = await kubectl.namespace();
    const text = crontab('c', { cronSpec: '1 2 3 4 5' });
    for (const how of [[], ['--server-side', '--force-conflicts']])
      await kubectl.ok(['-n', namespace, 'apply', ...how, '-f', '-'], { stdin: text });
    expect(await kubectl.ok(['-n', namespace, 'scale', 'ct/c', '--replicas=4'])).toBe(
      'crontab.stable.example.com/c scaled\n',
    );
    await kubectl.ok([
      '-n',
      namespace,
      'patch',
      'ct',
      'c',
      '--type=merge',
      '-p',
      '{"spec":{"image":"nginx"}}',
    ]);
    const status = [
      '--subresource=status',
      '--type=merge',
      '-p',
      '{"status":{"phase":"Good"},"spec":{"image":"x"}}',
    ];
    await kubectl.ok(['-n', namespace, 'patch', 'ct', 'c', ...status]);
    const read = await kubectl.json<{ metadata: { generation: number }; spec: object; status: object }>([
      '-n',
      namespace,
      ...['get', 'ct', 'c'],
    ]);
    expect(read).toMatchObject({
      metadata: { generation: 3 },
      spec: { cronSpec: '1 2 3 4 5', image: 'nginx', replicas: 4 },
      status: { phase: 'Good' },
    });
    const strategic = ['patch', 'ct', 'c', '--type=strategic', '-p', '{"spec":{"image":"y"}}'];
    expect(await kubectl.fails(['-n', namespace, ...strategic])).toContain(
      'application/strategic-merge-patch+json is not supported by stable.example.com/v1, Kind=CronTab: the body of the request was in an unknown format',
    );
  });

  it('explains its fields', async () => {
    const text = await kubectl.ok(['explain', 'crontab.spec.cronSpec']);
    expect(text).toContain("When the command runs, in cron's syntax.");
    expect(await kubectl.ok(['explain', 'ct', '--recursive'])).toMatch(/cronSpec\s+<string>/);
  });

  it('takes its objects with it', async () => {
    const namespace = await kubectl.namespace();
    await create(namespace, crontab('last', { cronSpec: '1 2 3 4 5' }));
    const watch = kubectl.spawn([
      '-n',
      namespace,
      'get',
      'ct',
      '-w',
      '--output-watch-events',
      '--no-headers',
    ]);
    await watch.until('last');
    expect(await kubectl.ok(['delete', 'crd', 'crontabs.stable.example.com'])).toContain(
      '"crontabs.stable.example.com" deleted',
    );
    expect((await watch.ended()).stdout).toMatch(/^ADDED +last .*\nDELETED +last .*\n/);
    // its discovery cache still has the resource
    expect(await kubectl.fails(['-n', namespace, 'get', 'crontabs'])).toContain(
      'the server could not find the requested resource',
    );
    // the same name again begins anew
    await kubectl.ok(['apply', '-f', file]);
    await kubectl.ok(['wait', 'crd/crontabs.stable.example.com', '--for=condition=Established']);
    expect(await kubectl.ok(['get', 'crontabs.stable.example.com', '-A', '-o', 'name'])).toBe('');
  });
});

// keeps the fixture a true manifest
it('has a fixture with a schema', () => {
  expect(readFileSync(file, 'utf8')).toContain('openAPIV3Schema');
});
