// `kubectl wait` and `kubectl events`.
import { expect, it } from 'vitest';
import { kubectlSuite, listOf } from './session.ts';

kubectlSuite('wait', (kubectl) => {
  const setReady = (namespace: string, status: string): Promise<string> =>
    kubectl.ok([
      ...['-n', namespace, 'patch', 'pod', 'p', '--subresource=status', '--type=merge', '-p'],
      JSON.stringify({ status: { phase: 'Running', conditions: [{ type: 'Ready', status }] } }),
    ]);

  it('waits for conditions, values, creation and deletion', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'run', 'p', '--image=i']);
    const wait = (what: string): ReturnType<typeof kubectl.spawn> =>
      kubectl.spawn(['-n', namespace, 'wait', ...what.split(' '), '--timeout=15s']);
    const waits = [wait('pod/p --for=condition=Ready'), wait('pod/p --for=jsonpath={.status.phase}=Running')];
    await setReady(namespace, 'True');
    for (const { ended } of waits) expect((await ended()).stdout).toBe('pod/p condition met\n');
    const not = wait('pod --all --for=condition=Ready=false');
    await setReady(namespace, 'False');
    expect((await not.ended()).stdout).toBe('pod/p condition met\n');
    const gone = wait('pod/p --for=delete');
    // Only a wait that saw the pod says that it is gone.
    const watches = /^apiserver_longrunning_requests\{.*resource="pods".* 1$/m;
    await expect.poll(() => kubectl.ok(['get', '--raw', '/metrics']), { timeout: 15_000 }).toMatch(watches);
    await kubectl.ok(['-n', namespace, 'delete', 'pod', 'p', '--now']);
    const { code, stdout } = await gone.ended();
    expect(code).toBe(0);
    // 1.27 says nothing of what was gone before it looked.
    if (kubectl.minor >= 28) expect(stdout).toBe('pod/p condition met\n');
    if (kubectl.minor < 31) return;
    const made = wait('cm/late --for=create');
    await kubectl.ok(['-n', namespace, 'create', 'configmap', 'late']);
    expect((await made.ended()).stdout).toBe('configmap/late condition met\n');
  });

  it('gives up', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'run', 'p', '--image=i']);
    expect(
      await kubectl.fails(['-n', namespace, 'wait', 'pod/p', '--for=condition=Ready', '--timeout=1s']),
    ).toContain('error: timed out waiting for the condition on pods/p\n');
    expect(await kubectl.fails(['-n', namespace, 'wait', 'pod/none', '--for=condition=Ready'])).toBe(
      'Error from server (NotFound): pods "none" not found\n',
    );
  });

  it('prints events', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'run', 'p', '--image=i']);
    const uid = await kubectl.ok(['-n', namespace, 'get', 'pod', 'p', '-o', 'jsonpath={.metadata.uid}']);
    const time = `${new Date().toISOString().slice(0, 19)}Z`;
    const event = (name: string, type: string, object: Record<string, string>): unknown => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name },
      involvedObject: { apiVersion: 'v1', namespace, ...object },
      type,
      reason: `Reason-${name}`,
      message: `about ${name}`,
      source: { component: 'tester' },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 3,
    });
    const stdin = listOf([
      event('one', 'Normal', { kind: 'Pod', name: 'p', uid, fieldPath: 'spec.containers{p}' }),
      event('two', 'Warning', { kind: 'ConfigMap', name: 'c' }),
    ]);
    await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin });
    const fold = (text: string): string => text.replace(/ +/g, ' ').replace(/\d+s \(x3 over \d+s\)/g, 'AGO');
    const mine = ['-n', namespace, 'events'];
    expect(fold(await kubectl.ok([...mine, '--for=pod/p', '--no-headers']))).toBe(
      'AGO Normal Reason-one Pod/p about one\n',
    );
    expect(fold(await kubectl.ok([...mine, '--types=Warning', '--no-headers']))).toBe(
      'AGO Warning Reason-two ConfigMap/c about two\n',
    );
    expect(
      fold(
        await kubectl.ok([
          '-n',
          namespace,
          'get',
          'events',
          '--field-selector',
          'type=Normal',
          '--no-headers',
        ]),
      ),
    ).toMatch(/^\d+s Normal Reason-one pod\/p about one\n$/);
    expect(fold(await kubectl.ok(['-n', namespace, 'describe', 'pod', 'p']))).toContain(
      ' Normal Reason-one AGO tester spec.containers{p}: about one\n'.replace(
        'spec.containers{p}: ',
        kubectl.minor >= 36 ? 'spec.containers{p}: ' : '',
      ),
    );
    const watch = kubectl.spawn([...mine, '--watch', '--for=pod/p']);
    await watch.until('about one');
    await kubectl.ok(['-n', namespace, 'create', '-f', '-'], {
      stdin: listOf([event('three', 'Normal', { kind: 'Pod', name: 'p', uid })]),
    });
    await watch.until('about three');
    await watch.stop();
  });
});
