// `kubectl apply` on the client's side, and `kubectl diff`.
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

const deployment = (image: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: ${image}
        env: [{name: A, value: "1"}, {name: B, value: "2"}]
${more}`;

kubectlSuite('apply', (kubectl) => {
  it('creates, leaves and configures', async () => {
    const namespace = await kubectl.namespace();
    const apply = (stdin: string): Promise<string> =>
      kubectl.ok(['-n', namespace, 'apply', '-f', '-'], { stdin });
    expect(await apply(deployment('nginx:1'))).toBe('deployment.apps/web created\n');
    expect(await apply(deployment('nginx:1'))).toBe('deployment.apps/web unchanged\n');
    expect(await apply(deployment('nginx:2'))).toBe('deployment.apps/web configured\n');
    const image = [
      '-n',
      namespace,
      'get',
      'deploy',
      'web',
      '-o',
      'jsonpath={..image} {.metadata.generation}',
    ];
    expect(await kubectl.ok(image)).toBe('nginx:2 2');
  });

  it('takes away what the last one had and leaves what others set', async () => {
    const namespace = await kubectl.namespace();
    const apply = (stdin: string): Promise<string> =>
      kubectl.ok(['-n', namespace, 'apply', '-f', '-'], { stdin });
    await apply(deployment('nginx:1', '      - {name: side, image: busybox}\n'));
    await kubectl.ok(['-n', namespace, 'scale', 'deploy', 'web', '--replicas=5']);
    await kubectl.ok(['-n', namespace, 'set', 'env', 'deploy/web', '-c', 'main', 'C=3']);
    const without = deployment('nginx:1')
      .replace('  replicas: 2\n', '')
      .replace(', {name: B, value: "2"}', '');
    await apply(without);
    const names = 'jsonpath={..containers[*].name}|{..env[*].name}|{.spec.replicas}';
    // replicas was in the last applied configuration and is not in this one: it goes, and comes back as the default
    expect(await kubectl.ok(['-n', namespace, 'get', 'deploy', 'web', '-o', names])).toBe('main|A C|1');
  });

  it('keeps the last applied configuration', async () => {
    const namespace = await kubectl.namespace();
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n';
    await kubectl.ok(['-n', namespace, 'apply', '-f', '-'], { stdin });
    const shown = await kubectl.ok([
      '-n',
      namespace,
      'apply',
      'view-last-applied',
      'configmap/c',
      '-o',
      'json',
    ]);
    expect(JSON.parse(shown)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      data: { a: 'b' },
      metadata: { annotations: {}, name: 'c', namespace },
    });
  });

  it('warns of an object that was not applied before', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'create', 'configmap', 'c', '--from-literal=x=y']);
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: b}\n';
    const { stdout, stderr } = await kubectl.run(['-n', namespace, 'apply', '-f', '-'], { stdin });
    expect(stdout).toBe('configmap/c configured\n');
    expect(stderr).toMatch(
      /^Warning: resource configmaps\/c is missing the kubectl\.kubernetes\.io\/last-applied-configuration/,
    );
    const data = await kubectl.ok(['-n', namespace, 'get', 'cm', 'c', '-o', 'jsonpath={.data}']);
    expect(JSON.parse(data)).toEqual({ a: 'b', x: 'y' });
  });

  it('does not change what is immutable', async () => {
    const namespace = await kubectl.namespace();
    const apply = ['-n', namespace, 'apply', '-f', '-'];
    await kubectl.ok(apply, { stdin: deployment('nginx:1') });
    const other = deployment('nginx:1').replaceAll('app: web', 'app: other');
    expect(await kubectl.fails(apply, { stdin: other })).toBe(
      'The Deployment "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"other"}}: field is immutable\n',
    );
    expect(await kubectl.ok(['-n', namespace, 'apply', '--force', '-f', '-'], { stdin: other })).toContain(
      'deployment.apps/web configured\n',
    );
  });

  it('prunes by label', async () => {
    const namespace = await kubectl.namespace();
    const map = (name: string): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {set: one}}\n`;
    const apply = (stdin: string): Promise<string> =>
      kubectl.ok(
        [
          '-n',
          namespace,
          'apply',
          '--prune',
          '-l',
          'set=one',
          '--prune-allowlist=core/v1/ConfigMap',
          '-f',
          '-',
        ],
        { stdin },
      );
    expect(await apply(`${map('a')}---\n${map('b')}`)).toBe('configmap/a created\nconfigmap/b created\n');
    expect(await apply(map('b'))).toBe('configmap/b unchanged\nconfigmap/a pruned\n');
  });

  it('shows differences', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'apply', '-f', '-'], { stdin: deployment('nginx:1') });
    const diff = ['-n', namespace, 'diff', '-f', '-'];
    const same = await kubectl.run(diff, { stdin: deployment('nginx:1') });
    expect([same.code, same.stdout]).toEqual([0, '']);
    const { code, stdout } = await kubectl.run(diff, { stdin: deployment('nginx:2') });
    expect(code).toBe(1);
    const changed = stdout.split('\n').filter((line) => /^[-+] /.test(line));
    expect(changed.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '- generation: 1',
      '+ generation: 2',
      '- image: nginx:1',
      '+ image: nginx:2',
    ]);
    const made = await kubectl.run(diff, {
      stdin: deployment('nginx:1').replace('name: web}', 'name: new}'),
    });
    expect(made.code).toBe(1);
    expect(made.stdout).toContain('+kind: Deployment\n');
  });

  it('applies a folder and a list', async () => {
    const namespace = await kubectl.namespace();
    const items = ['x', 'y'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
    const stdin = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    expect(await kubectl.ok(['-n', namespace, 'apply', '-f', '-'], { stdin })).toBe(
      'configmap/x created\nconfigmap/y created\n',
    );
  });

  it('refuses files that are no manifests', async () => {
    const apply = (stdin: string): Promise<string> => kubectl.fails(['apply', '-f', '-'], { stdin });
    expect(await apply('a: [b\n')).toMatch(
      /^error: error parsing STDIN: error converting YAML to JSON: yaml: line \d+: /,
    );
    expect(await apply('{"apiVersion": "v1",')).toMatch(/^error: error parsing STDIN: /);
    expect(await apply('just text\n')).toMatch(
      /^error: error validating "STDIN"|^error: unable to decode|^error: error parsing STDIN/,
    );
    expect(await apply('apiVersion: v1\nkind: Gadget\nmetadata: {name: g}\n')).toMatch(
      /^error: (resource mapping not found for name: "g" namespace: "" from "STDIN": )?no matches for kind "Gadget" in version "v1"|^error: unable to recognize|^error: resource mapping not found/,
    );
    expect(await apply('')).toBe('error: no objects passed to apply\n');
    expect(await apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {}\n')).toMatch(
      /^error: error when retrieving current configuration of:|^Error from server|resource name may not be empty/,
    );
  });
});
