// Commands that change what is there: label, annotate, patch, replace, edit, scale, set, taint, cordon, rollout.
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

const node = '{"apiVersion":"v1","kind":"Node","metadata":{"name":"NAME"},"spec":{}}';

kubectlSuite('change', (kubectl) => {
  const inNamespace = async (): Promise<(text: string) => Promise<string>> => {
    const namespace = await kubectl.namespace();
    return (text) => kubectl.ok(['-n', namespace, ...text.split(' ')]);
  };

  it('labels', async () => {
    const run = await inNamespace();
    await run('create configmap c');
    expect(await run('label cm c a=1 b=2')).toBe('configmap/c labeled\n');
    expect(await run('label cm c a=1')).toBe('configmap/c not labeled\n');
    await expect(run('label cm c a=2')).rejects.toThrow(
      "error: 'a' already has a value (1), and --overwrite is false",
    );
    expect(await run('label cm c a=2 --overwrite')).toBe('configmap/c labeled\n');
    expect(await run('label cm c b-')).toBe('configmap/c unlabeled\n');
    expect(await run('get cm c -o jsonpath={.metadata.labels}')).toBe('{"a":"2"}');
    expect(await run('label cm --all x=y')).toBe('configmap/c labeled\n');
    await expect(run('label cm c a=.bad. --overwrite')).rejects.toThrow(
      'a valid label must be an empty string',
    );
  });

  it('annotates', async () => {
    const run = await inNamespace();
    await run('create configmap c');
    expect(await run('annotate cm c note=hello')).toMatch(/^configmap\/c annotated?\n$/);
    expect(await run('annotate cm c note=there --overwrite')).toMatch(/^configmap\/c annotated?\n$/);
    expect(await run('get cm c -o jsonpath={.metadata.annotations.note}')).toBe('there');
    expect(await run('annotate cm c note-')).toMatch(/^configmap\/c annotated?\n$/);
  });

  it('patches in three ways', async () => {
    const run = await inNamespace();
    await run('create deployment d --image=nginx:1');
    const patch = (type: string, body: unknown): Promise<string> =>
      run(`patch deploy d --type=${type} -p ${JSON.stringify(body)}`);
    const image = { spec: { template: { spec: { containers: [{ name: 'nginx', image: 'nginx:2' }] } } } };
    expect(await patch('strategic', image)).toBe('deployment.apps/d patched\n');
    expect(await patch('strategic', image)).toBe('deployment.apps/d patched (no change)\n');
    const side = { spec: { template: { spec: { containers: [{ name: 'side', image: 'busybox' }] } } } };
    await patch('strategic', side);
    expect(await run('get deploy d -o jsonpath={..containers[*].name}')).toBe('side nginx');
    expect(await patch('merge', side)).toBe('deployment.apps/d patched\n');
    expect(await run('get deploy d -o jsonpath={..containers[*].name}')).toBe('side');
    expect(await patch('json', [{ op: 'replace', path: '/spec/replicas', value: 4 }])).toBe(
      'deployment.apps/d patched\n',
    );
    expect(await run('get deploy d -o jsonpath={.spec.replicas}')).toBe('4');
    await expect(patch('json', [{ op: 'remove', path: '/spec/nope' }])).rejects.toThrow(
      'The request is invalid: the server rejected our request due to an error in our request',
    );
    await expect(patch('merge', { spec: { replicas: 'x' } })).rejects.toThrow(
      /is invalid: patch: Invalid value|BadRequest/,
    );
    expect(await run('patch deploy d --subresource=scale --type=merge -p {"spec":{"replicas":2}}')).toBe(
      'scale.autoscaling/d patched\n',
    );
  });

  it('replaces', async () => {
    const namespace = await kubectl.namespace();
    const run = (args: readonly string[], stdin?: string): Promise<string> =>
      kubectl.ok(['-n', namespace, ...args], { stdin });
    const map = (value: string, more = ''): string =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c${more}}\ndata: {a: "${value}"}\n`;
    await run(['create', '-f', '-'], map('1'));
    expect(await run(['replace', '-f', '-'], map('2'))).toBe('configmap/c replaced\n');
    const uid = await run(['get', 'cm', 'c', '-o', 'jsonpath={.metadata.uid}']);
    expect(await run(['replace', '--force', '-f', '-'], map('3'))).toMatch(
      /^configmap "c" deleted.*\nconfigmap\/c replaced\n$/,
    );
    expect(await run(['get', 'cm', 'c', '-o', 'jsonpath={.metadata.uid}'])).not.toBe(uid);
    expect(
      await kubectl.fails(['-n', namespace, 'replace', '-f', '-'], {
        stdin: map('4', ', resourceVersion: "1"'),
      }),
    ).toBe(
      'Error from server (Conflict): error when replacing "STDIN": Operation cannot be fulfilled on configmaps "c": the object has been modified; please apply your changes to the latest version and try again\n',
    );
    expect(
      await kubectl.fails(['-n', namespace, 'replace', '-f', '-'], {
        stdin: map('5').replace('name: c', 'name: none'),
      }),
    ).toBe('Error from server (NotFound): error when replacing "STDIN": configmaps "none" not found\n');
  });

  it('edits', async () => {
    const namespace = await kubectl.namespace();
    const editor = join(kubectl.folder, 'editor.sh');
    writeFileSync(editor, '#!/bin/sh\nsed -i "s/old/$NEW/" "$1"\n');
    chmodSync(editor, 0o755);
    await kubectl.ok(['-n', namespace, 'create', 'configmap', 'c', '--from-literal=a=old']);
    const edit = (value: string): ReturnType<typeof kubectl.run> =>
      kubectl.run(['-n', namespace, 'edit', 'configmap', 'c'], { env: { EDITOR: editor, NEW: value } });
    expect((await edit('new')).stdout).toBe('configmap/c edited\n');
    expect(await kubectl.ok(['-n', namespace, 'get', 'cm', 'c', '-o', 'jsonpath={.data.a}'])).toBe('new');
    const nothing = await edit('newer');
    expect([nothing.code, nothing.stderr + nothing.stdout]).toEqual([
      0,
      'Edit cancelled, no changes made.\n',
    ]);
  });

  it('scales', async () => {
    const run = await inNamespace();
    await run('create deployment d --image=nginx');
    expect(await run('scale deploy d --replicas=3')).toBe('deployment.apps/d scaled\n');
    expect(await run('get deploy d -o jsonpath={.spec.replicas}')).toBe('3');
    await expect(run('scale deploy d --current-replicas=1 --replicas=2')).rejects.toThrow(
      'error: Expected replicas to be 1, was 3',
    );
    await expect(run('scale deploy none --replicas=2')).rejects.toThrow(
      /deployments\.apps "none" not found|no objects passed to scale/,
    );
    await expect(run('scale cm c --replicas=1')).rejects.toThrow(
      /not found|could not find the requested resource|no objects passed to scale/,
    );
    expect(await run('autoscale deploy d --min=1 --max=3 --cpu-percent=80')).toContain(
      'horizontalpodautoscaler.autoscaling/d autoscaled\n',
    );
  });

  it('sets images, variables and resources', async () => {
    const run = await inNamespace();
    await run('create deployment d --image=nginx:1');
    expect(await run('set image deploy/d nginx=nginx:2')).toBe('deployment.apps/d image updated\n');
    expect(await run('set env deploy/d A=1')).toBe('deployment.apps/d env updated\n');
    expect(await run('set resources deploy/d --limits=cpu=200m,memory=64Mi')).toBe(
      'deployment.apps/d resource requirements updated\n',
    );
    expect(await run('set serviceaccount deploy/d robot')).toBe('deployment.apps/d serviceaccount updated\n');
    expect(
      await run(
        'get deploy d -o jsonpath={..image}|{..env[0].name}|{..limits.cpu}|{..serviceAccountName}|{.metadata.generation}',
      ),
    ).toBe('nginx:2|A|200m|robot|5');
    expect(await run('expose deploy d --port=80')).toBe('service/d exposed\n');
    expect(await run('set selector svc/d app=other')).toBe('service/d selector updated\n');
  });

  it('rolls out as far as that goes without controllers', async () => {
    const run = await inNamespace();
    await run('create deployment d --image=nginx:1');
    expect(await run('rollout status deploy/d --watch=false')).toBe(
      'Waiting for deployment spec update to be observed...\n',
    );
    expect(await run('rollout restart deploy/d')).toBe('deployment.apps/d restarted\n');
    expect(await run('rollout pause deploy/d')).toBe('deployment.apps/d paused\n');
    expect(await run('rollout resume deploy/d')).toBe('deployment.apps/d resumed\n');
    await expect(run('rollout resume deploy/d')).rejects.toThrow('error: deployments.apps "d" is not paused');
    expect(await run('rollout history deploy/d')).toBe('deployment.apps/d \nNo rollout history found.\n');
    await expect(run('rollout undo deploy/d')).rejects.toThrow(
      'error: no rollout history found for deployment "d"',
    );
  });

  it('taints and cordons nodes', async () => {
    const run = (text: string): Promise<string> => kubectl.ok(text.split(' '));
    await kubectl.ok(['create', '-f', '-'], { stdin: node.replace('NAME', 'n1') });
    expect(await run('taint node n1 a=b:NoSchedule')).toBe('node/n1 tainted\n');
    await expect(run('taint node n1 a=c:NoSchedule')).rejects.toThrow(
      'error: node n1 already has a taint(s) with same effect(s) and --overwrite is false',
    );
    expect(await run('taint node n1 a:NoSchedule-')).toBe('node/n1 untainted\n');
    expect(await run('cordon n1')).toBe('node/n1 cordoned\n');
    expect(await run('cordon n1')).toBe('node/n1 already cordoned\n');
    expect(await run('get node n1 --no-headers')).toMatch(
      /^n1 +Unknown,SchedulingDisabled +<none> +\d+s *\n$/,
    );
    expect(await run('drain n1')).toContain('node/n1 drained\n');
    expect(await run('uncordon n1')).toBe('node/n1 uncordoned\n');
    expect(await run('get node n1 -o jsonpath={.spec.unschedulable}')).toBe('');
  });

  it('runs and exposes a pod', async () => {
    const run = await inNamespace();
    expect(await run('run p --image=nginx --port=80 --labels=app=p')).toBe('pod/p created\n');
    expect(await run('expose pod p --port=80 --target-port=80 --name=svc')).toBe('service/svc exposed\n');
    expect(await run('get svc svc -o jsonpath={.spec.selector}')).toBe('{"app":"p"}');
    expect(await run('get pod p --no-headers')).toMatch(/^p +0\/1 +Pending +0 +\d+s\n$/);
  });
});
