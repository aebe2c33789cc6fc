// `kubectl get` in all its forms.
import { beforeAll, expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

kubectlSuite('get', (kubectl) => {
  let namespace = '';
  const get = (text: string): Promise<string> => kubectl.ok(['-n', namespace, 'get', ...text.split(' ')]);
  beforeAll(async () => {
    namespace = await kubectl.namespace();
    const letters = ['c', 'a', 'b'];
    const maps = letters.map(
      (letter, i) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${letter}, labels: {tier: ${i === 0 ? 'front' : 'back'}}}\ndata: {size: "${i}"}\n`,
    );
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: main, image: nginx}]}\n';
    await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin: [...maps, pod].join('---\n') });
  });

  it('prints names', async () => {
    expect(await get('cm -o name')).toBe('configmap/a\nconfigmap/b\nconfigmap/c\n');
    expect(await get('cm/a pod/p -o name')).toBe('configmap/a\npod/p\n');
  });

  it('selects by labels', async () => {
    expect(await get('cm -l tier=back -o name')).toBe('configmap/a\nconfigmap/b\n');
    expect(await get('cm -l tier!=back -o name')).toBe('configmap/c\n');
    expect(await get('cm --selector tier=front --show-labels --no-headers')).toMatch(
      /^c +1 +\d+s +tier=front\n$/,
    );
    expect(
      await kubectl.ok(['-n', namespace, 'get', 'cm', '-l', 'tier in (front,back),!x', '-o', 'name']),
    ).toBe('configmap/a\nconfigmap/b\nconfigmap/c\n');
    expect(await get('cm -L tier --no-headers')).toMatch(
      /^a +1 +\d+s +back\nb +1 +\d+s +back\nc +1 +\d+s +front\n$/,
    );
  });

  it('selects by fields', async () => {
    expect(await get('cm --field-selector metadata.name=b -o name')).toBe('configmap/b\n');
    expect(await get('pod --field-selector status.phase=Pending,spec.nodeName= -o name')).toBe('pod/p\n');
    expect(await get('pod --field-selector status.phase!=Pending -o name')).toBe('');
    expect(await kubectl.fails(['-n', namespace, 'get', 'cm', '--field-selector', 'data.size=1'])).toBe(
      'Error from server (BadRequest): Unable to find "/v1, Resource=configmaps" that match label selector "", field selector "data.size=1": "data.size" is not a known field selector: only "metadata.name", "metadata.namespace"\n',
    );
  });

  it('sorts', async () => {
    expect(await get('cm --sort-by=.data.size -o name')).toBe('configmap/c\nconfigmap/a\nconfigmap/b\n');
    expect((await get('cm --sort-by={.data.size} --no-headers')).replace(/ .*/g, '')).toBe('c\na\nb\n');
  });

  it('prints templates', async () => {
    expect(await get('cm -o jsonpath={.items[*].metadata.name}')).toBe('a b c');
    expect(await get('cm a -o go-template={{.data.size}}')).toBe('1');
    const columns = await get('cm -o custom-columns=N:.metadata.name,S:.data.size,X:.nope');
    expect(columns.replace(/ +/g, ' ')).toBe('N S X\na 1 <none>\nb 2 <none>\nc 0 <none>\n');
    expect(
      await kubectl.fails([
        '-n',
        namespace,
        'get',
        'cm',
        'a',
        '-o',
        'jsonpath={.data.nope}',
        '--allow-missing-template-keys=false',
      ]),
    ).toContain('nope is not found');
  });

  it('prints whole objects', async () => {
    const one = await kubectl.json<{ kind: string; data: unknown; metadata: Record<string, unknown> }>([
      ...['-n', namespace, 'get', 'cm', 'a'],
    ]);
    expect(one.kind).toBe('ConfigMap');
    expect(one.data).toEqual({ size: '1' });
    expect(Object.keys(one.metadata).sort()).toEqual(
      ['creationTimestamp', 'labels', 'name', 'namespace', 'resourceVersion', 'uid'].sort(),
    );
    const list = await kubectl.json<{ kind: string; items: unknown[] }>(['-n', namespace, 'get', 'cm']);
    expect([list.kind, list.items.length]).toEqual(['List', 3]);
    expect(await get('cm a -o yaml')).toMatch(/^apiVersion: v1\ndata:\n {2}size: "1"\nkind: ConfigMap\n/);
  });

  it('reads subresources', async () => {
    await kubectl.ok(['-n', namespace, 'create', 'deployment', 'sub', '--image=i', '--replicas=2']);
    expect(await get('deployment sub --subresource=scale -o jsonpath={.kind}/{.spec.replicas}')).toBe(
      'Scale/2',
    );
    expect(await get('deployment sub --subresource=status -o jsonpath={.kind}')).toBe('Deployment');
    expect(await get('deployment sub --subresource=scale')).toMatch(
      /^NAME +DESIRED +AVAILABLE +AGE\nsub +2 +0 +\d+s\n$/,
    );
  });

  it('reads all namespaces', async () => {
    const shown = await kubectl.ok(['get', 'cm', '-A', '-l', 'tier=front']);
    expect(shown).toMatch(new RegExp(`^NAMESPACE +NAME +DATA +AGE\\n${namespace} +c +1 +\\d+s\\n$`));
    expect(await kubectl.ok(['get', 'ns', '-o', 'name'])).toContain('namespace/kube-system\n');
  });

  it('reads in chunks', async () => {
    const { stdout, stderr } = await kubectl.run([
      '-n',
      namespace,
      'get',
      'cm',
      '--chunk-size=1',
      '-v=6',
      '-o',
      'name',
    ]);
    expect(stdout).toBe('configmap/a\nconfigmap/b\nconfigmap/c\n');
    expect(stderr.match(/configmaps\?[^" ]*continue=/g)?.length).toBe(2);
  });

  it('watches', async () => {
    const watch = kubectl.spawn(['-n', namespace, 'get', 'cm', '-w', '-o', 'name']);
    await watch.until('configmap/c\n');
    await kubectl.ok(['-n', namespace, 'create', 'configmap', 'later']);
    await watch.until('configmap/later\n');
    await watch.stop();
  });

  it('watches with the kind of each event', async () => {
    const args = ['-n', namespace, 'get', 'secret', '--watch', '--output-watch-events', '--no-headers'];
    const watch = kubectl.spawn(args);
    await kubectl.ok(['-n', namespace, 'create', 'secret', 'generic', 's']);
    await watch.until(/^ADDED +s +Opaque +0 +\d+s\n/);
    await kubectl.ok(['-n', namespace, 'patch', 'secret', 's', '-p', '{"stringData":{"a":"b"}}']);
    await watch.until(/\nMODIFIED +s +Opaque +1 +\d+s\n/);
    await kubectl.ok(['-n', namespace, 'delete', 'secret', 's']);
    await watch.until(/\nDELETED +s +Opaque +1 +\d+s\n/);
    await watch.stop();
  });

  it('says what it does not find', async () => {
    expect(await kubectl.fails(['get', 'pods', 'x', '-n', namespace])).toBe(
      'Error from server (NotFound): pods "x" not found\n',
    );
    // kubectl asks for the namespace as well
    expect(await kubectl.fails(['get', 'pods', 'x', '-n', 'nowhere'])).toBe(
      'Error from server (NotFound): namespaces "nowhere" not found\n',
    );
    const empty = await kubectl.run(['get', 'pods', '-n', 'nowhere']);
    expect([empty.code, empty.stdout, empty.stderr]).toEqual([
      0,
      '',
      'No resources found in nowhere namespace.\n',
    ]);
    expect(await kubectl.fails(['get', 'gadgets'])).toBe(
      'error: the server doesn\'t have a resource type "gadgets"\n',
    );
    const mixed = await kubectl.run([
      '-n',
      namespace,
      'get',
      'cm',
      'a',
      'none',
      '-o',
      'name',
      '--ignore-not-found',
    ]);
    expect([mixed.code, mixed.stdout, mixed.stderr]).toEqual([0, 'configmap/a\n', '']);
    expect(await kubectl.fails(['-n', namespace, 'get', 'cm', '-l', 'a in'])).toContain(
      'unable to parse requirement',
    );
  });

  it('reads by full resource names', async () => {
    expect(await get('deployments.v1.apps sub -o name')).toBe('deployment.apps/sub\n');
    expect(await get('deploy.apps/sub -o name')).toBe('deployment.apps/sub\n');
    expect(await get('events.events.k8s.io -o name')).toBe('');
  });
});
