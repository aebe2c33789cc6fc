// kubectl apply --server-side: conflicts, force, migration from client-side apply, diff and dry runs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

interface Managed {
  metadata: {
    resourceVersion: string;
    managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1: object }[];
  };
  spec: { replicas?: number; template: { spec: { containers: { name: string; image: string }[] } } };
}

kubectlSuite('server-side apply', (kubectl) => {
  const deployment = (changes: object = {}): string =>
    JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] },
        },
        ...changes,
      },
    });
  const apply = (namespace: string, stdin: string, ...more: string[]): ReturnType<typeof kubectl.run> =>
    kubectl.run(['-n', namespace, 'apply', '--server-side', '-f', '-', ...more], { stdin });
  const read = (namespace: string): Promise<Managed> =>
    kubectl.json<Managed>(['-n', namespace, 'get', 'deployment', 'web', '--show-managed-fields']);
  const managers = ({ metadata }: Managed): string[] =>
    (metadata.managedFields ?? []).map(({ manager, operation }) => `${manager} ${operation}`);

  it('creates, changes nothing the second time, and drops what is no longer applied', async () => {
    const namespace = await kubectl.namespace();
    const first = await apply(namespace, deployment({ replicas: 3, minReadySeconds: 5 }));
    expect([first.code, first.stdout]).toEqual([0, 'deployment.apps/web serverside-applied\n']);
    const before = await read(namespace);
    expect(managers(before)).toEqual(['kubectl Apply']);
    expect((await apply(namespace, deployment({ replicas: 3, minReadySeconds: 5 }))).code).toBe(0);
    expect((await read(namespace)).metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await apply(namespace, deployment({ replicas: 3 }));
    const after = await read(namespace);
    expect(after.spec).not.toHaveProperty('minReadySeconds');
    expect(after.spec.replicas).toBe(3);
  });

  it('tells conflicts as kubectl users know them, and takes over by force', async () => {
    const namespace = await kubectl.namespace();
    await apply(namespace, deployment({ replicas: 3 }), '--field-manager=first');
    const refused = await apply(namespace, deployment({ replicas: 4 }), '--field-manager=second');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /^error: Apply failed with 1 conflict: conflict with "first": \.spec\.replicas\nPlease review the fields above--they currently have other managers\./,
    );
    const forced = await apply(
      namespace,
      deployment({ replicas: 4 }),
      ...['--field-manager=second', '--force-conflicts'],
    );
    expect(forced.code).toBe(0);
    const after = await read(namespace);
    expect(after.spec.replicas).toBe(4);
    expect(managers(after)).toEqual(['first Apply', 'second Apply']);
    expect(JSON.stringify(after.metadata.managedFields![0]!.fieldsV1)).not.toContain('f:replicas');
  });

  it('takes over what was applied on the client', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'apply', '-f', '-'], { stdin: deployment({ replicas: 2 }) });
    expect(managers(await read(namespace))).toEqual(['kubectl-client-side-apply Update']);
    const migrated = await apply(namespace, deployment({ replicas: 5 }));
    expect([migrated.code, migrated.stderr]).toEqual([0, '']);
    const after = await read(namespace);
    expect(after.spec.replicas).toBe(5);
    // kubectl itself keeps its annotation by a manager of that name
    expect(managers(after)).toEqual(['kubectl-last-applied Apply', 'kubectl Apply']);
  });

  it('shows what it would do', async () => {
    const namespace = await kubectl.namespace();
    await apply(namespace, deployment({ replicas: 2 }));
    writeFileSync(join(kubectl.folder, 'next.json'), deployment({ replicas: 7 }));
    const { code, stdout } = await kubectl.run(
      ['-n', namespace, 'diff', '--server-side', '-f', 'next.json'],
      { env: { KUBECTL_EXTERNAL_DIFF: 'diff -U0' } },
    );
    expect(code).toBe(1);
    expect(stdout).toContain('-  replicas: 2\n+  replicas: 7\n');
    const dry = await apply(namespace, deployment({ replicas: 7 }), '--dry-run=server');
    expect(dry.stdout).toBe('deployment.apps/web serverside-applied (server dry run)\n');
    expect((await read(namespace)).spec.replicas).toBe(2);
  });

  it('names the writer of a status and of a scale', async () => {
    const namespace = await kubectl.namespace();
    await apply(namespace, deployment({ replicas: 2 }));
    await kubectl.ok(['-n', namespace, 'scale', 'deployment', 'web', '--replicas=4']);
    const patch = ['--subresource=status', '--type=merge', '-p', '{"status":{"replicas":1}}'];
    await kubectl.ok(['-n', namespace, 'patch', 'deployment', 'web', ...patch]);
    const after = await read(namespace);
    const entries = after.metadata.managedFields!.map(
      ({ manager, operation, subresource = '', fieldsV1 }) =>
        `${manager} ${operation} ${subresource} ${JSON.stringify(fieldsV1).includes('f:replicas')}`,
    );
    expect(entries).toEqual([
      'kubectl Apply  false',
      'kubectl Update scale true',
      'kubectl-patch Update status true',
    ]);
    const refused = await apply(namespace, deployment({ replicas: 2 }));
    expect(refused.stderr).toContain(
      'conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
  });

  it('refuses fields that are not in the schema', async () => {
    const namespace = await kubectl.namespace();
    const { code, stderr } = await apply(namespace, deployment({ replica: 2 }));
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Error from server (BadRequest): failed to create typed patch object (${namespace}/web; apps/v1, Kind=Deployment): .spec.replica: field not declared in schema\n`,
    );
  });
});
