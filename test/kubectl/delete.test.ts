// `kubectl delete` in all its forms.
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

kubectlSuite('delete', (kubectl) => {
  /** `configmap "a" deleted`; later versions add the namespace. */
  const deleted = (namespace: string, ...names: readonly string[]): string =>
    names
      .map(
        (name) => `configmap "${name}" deleted${kubectl.minor >= 34 ? ` from ${namespace} namespace` : ''}\n`,
      )
      .join('');
  const maps = async (namespace: string, ...names: readonly string[]): Promise<void> => {
    const stdin = names
      .map((name) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {like: ${name}}}\n`)
      .join('---\n');
    await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin });
  };

  it('deletes by name, label, file and all', async () => {
    const namespace = await kubectl.namespace();
    const remove = (...args: readonly string[]): Promise<string> =>
      kubectl.ok(['-n', namespace, 'delete', ...args]);
    await maps(namespace, 'a', 'b', 'c', 'd', 'e');
    expect(await remove('cm', 'a')).toBe(deleted(namespace, 'a'));
    expect(await remove('cm', '-l', 'like=b')).toBe(deleted(namespace, 'b'));
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';
    expect(await kubectl.ok(['-n', namespace, 'delete', '-f', '-'], { stdin })).toBe(deleted(namespace, 'c'));
    expect(await remove('cm', '--all')).toBe(deleted(namespace, 'd', 'e'));
    expect(await remove('cm', '--all')).toBe('No resources found\n');
    expect(await kubectl.ok(['-n', namespace, 'get', 'cm', '-o', 'name'])).toBe('');
  });

  it('says what is not there', async () => {
    const namespace = await kubectl.namespace();
    expect(await kubectl.fails(['-n', namespace, 'delete', 'cm', 'none'])).toBe(
      'Error from server (NotFound): configmaps "none" not found\n',
    );
    expect(await kubectl.ok(['-n', namespace, 'delete', 'cm', 'none', '--ignore-not-found'])).toBe('');
  });

  it('keeps what a dry run deletes', async () => {
    const namespace = await kubectl.namespace();
    await maps(namespace, 'a');
    expect(await kubectl.ok(['-n', namespace, 'delete', 'cm', 'a', '--dry-run=server'])).toContain(
      '(server dry run)',
    );
    expect(await kubectl.ok(['-n', namespace, 'get', 'cm', '-o', 'name'])).toBe('configmap/a\n');
  });

  it('waits for finalizers or not', async () => {
    const namespace = await kubectl.namespace();
    await maps(namespace, 'held');
    const patch = (finalizers: readonly string[]): Promise<string> =>
      kubectl.ok([
        ...['-n', namespace, 'patch', 'cm', 'held', '--type=merge', '-p'],
        JSON.stringify({ metadata: { finalizers } }),
      ]);
    await patch(['example.com/hold']);
    expect(await kubectl.ok(['-n', namespace, 'delete', 'cm', 'held', '--wait=false'])).toBe(
      deleted(namespace, 'held'),
    );
    const held = await kubectl.json<{ metadata: Record<string, unknown> }>([
      '-n',
      namespace,
      'get',
      'cm',
      'held',
    ]);
    expect(held.metadata['deletionTimestamp']).toBeTypeOf('string');
    expect(held.metadata['deletionGracePeriodSeconds']).toBe(0);
    const waiting = kubectl.spawn(['-n', namespace, 'delete', 'cm', 'held']);
    await waiting.until('deleted');
    expect(waiting.child.exitCode).toBeNull();
    await patch([]);
    expect((await waiting.ended()).code).toBe(0);
    expect(await kubectl.fails(['-n', namespace, 'get', 'cm', 'held'])).toContain('NotFound');
  });

  it('gives up waiting', async () => {
    const namespace = await kubectl.namespace();
    await maps(namespace, 'held');
    await kubectl.ok([
      ...['-n', namespace, 'patch', 'cm', 'held', '--type=merge', '-p'],
      '{"metadata":{"finalizers":["example.com/hold"]}}',
    ]);
    expect(await kubectl.fails(['-n', namespace, 'delete', 'cm', 'held', '--timeout=1s'])).toContain(
      'error: timed out waiting for the condition on configmaps/held\n',
    );
  });

  it('marks the parent by the way of cascading', async () => {
    const namespace = await kubectl.namespace();
    const finalizers = async (name: string): Promise<string> =>
      kubectl.ok([
        ...[
          '-n',
          namespace,
          'get',
          'deploy',
          name,
          '--ignore-not-found',
          '-o',
          'jsonpath={.metadata.finalizers}',
        ],
      ]);
    for (const name of ['background', 'foreground', 'orphan']) {
      await kubectl.ok(['-n', namespace, 'create', 'deployment', name, '--image=i']);
      await kubectl.ok(['-n', namespace, 'delete', 'deploy', name, `--cascade=${name}`, '--wait=false']);
    }
    // The garbage collector takes these finalizers off; there is none here.
    expect(await finalizers('background')).toBe('');
    expect(await finalizers('foreground')).toBe('["foregroundDeletion"]');
    expect(await finalizers('orphan')).toBe('["orphan"]');
  });

  it('leaves a bound pod to its kubelet, but by force', async () => {
    const namespace = await kubectl.namespace();
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { nodeName: 'somewhere', containers: [{ name: 'c', image: 'i' }] },
    };
    await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin: JSON.stringify(pod) });
    await kubectl.ok(['-n', namespace, 'delete', 'pod', 'p', '--wait=false', '--grace-period=7']);
    expect(await kubectl.ok(['-n', namespace, 'get', 'pod', 'p', '--no-headers'])).toMatch(
      /^p +0\/1 +Terminating +0 +\d+s\n$/,
    );
    const { code, stdout, stderr } = await kubectl.run([
      ...['-n', namespace, 'delete', 'pod', 'p', '--force', '--grace-period=0'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pod "p" force deleted/);
    expect(stderr).toContain('Warning: Immediate deletion does not wait');
    expect(await kubectl.fails(['-n', namespace, 'get', 'pod', 'p'])).toContain('NotFound');
  });

  it('marks a namespace for deletion', async () => {
    const namespace = await kubectl.namespace();
    expect(await kubectl.ok(['delete', 'namespace', namespace, '--wait=false'])).toBe(
      `namespace "${namespace}" deleted\n`,
    );
    expect(await kubectl.ok(['get', 'namespace', namespace, '--no-headers'])).toMatch(
      /^t\d+ +Terminating +\d+s\n$/,
    );
    expect(await kubectl.fails(['-n', namespace, 'create', 'configmap', 'late'])).toBe(
      `error: failed to create configmap: configmaps "late" is forbidden: unable to create new content in namespace ${namespace} because it is being terminated\n`,
    );
    expect(await kubectl.fails(['delete', 'namespace', 'default'])).toBe(
      'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted\n',
    );
  });

  it('evicts by the subresource', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'run', 'p', '--image=i', '--labels=app=p']);
    const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p', namespace } };
    await kubectl.ok(['create', '--raw', `/api/v1/namespaces/${namespace}/pods/p/eviction`, '-f', '-'], {
      stdin: JSON.stringify(eviction),
    });
    expect(await kubectl.fails(['-n', namespace, 'get', 'pod', 'p'])).toContain('NotFound');
  });
});
