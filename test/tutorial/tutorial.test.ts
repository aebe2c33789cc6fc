// The first hour with Kubernetes, step by step, with the program that users start and a real kubectl. The steps build on one
// another.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describedDeployment, describedPod, describedService, revision } from './expected.ts';
import { Journey, tutorialSkipReason } from './journey.ts';

const app = 'deployments/kubernetes-bootcamp';
const image = 'gcr.io/google-samples/kubernetes-bootcamp';
const running = '1/1 Running 0 <age>';
const whyNot = tutorialSkipReason ? ` (${tutorialSkipReason})` : '';
if (tutorialSkipReason) console.warn(`tutorial: skipped, ${tutorialSkipReason}`);

describe.skipIf(tutorialSkipReason)(`tutorial${whyNot}`, () => {
  const journey = new Journey();
  const { minor } = journey;
  const prints = (command: string): Promise<string> => journey.prints(command);
  const deleted = (what: string): string => `${what} deleted${minor >= 35 ? ' from default namespace' : ''}`;
  let told = '';

  /** The last line of `rollout status`; every line before must be one that a rollout prints. */
  const rolledOut = async (): Promise<string | undefined> => {
    const lines = (await prints(`rollout status ${app}`)).split('\n');
    for (const line of lines.slice(0, -1))
      expect(line).toMatch(
        /^Waiting for (deployment spec update to be observed|deployment "kubernetes-bootcamp" rollout to finish: (\d+ out of \d+ new replicas have been updated|\d+ of \d+ updated replicas are available|\d+ old replicas are pending termination))\.\.\.$/,
      );
    return lines.at(-1);
  };
  const success = 'deployment "kubernetes-bootcamp" successfully rolled out';

  beforeAll(async () => {
    told = await journey.start();
  });
  afterAll(async () => {
    expect(await journey.end()).toBe(0);
  });

  test('1: one command starts a cluster and tells its address and the kubeconfig', () => {
    expect(told).toMatch(/^kubeskiff is ready at https:\/\/127\.0\.0\.1:\d+: 1 node, \d+\.\d\d s$/m);
    expect(told).toContain(`export KUBECONFIG=${journey.kubeconfig}\n`);
  });

  test('2: cluster-info', async () => {
    // CoreDNS comes when the cluster is ready already
    const [first, second] = (await journey.printsAtLast('cluster-info', /^CoreDNS is running/m)).split('\n');
    expect(first).toBe('Kubernetes control plane is running at https://<server>');
    expect(second).toBe(
      'CoreDNS is running at https://<server>/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy',
    );
  });

  test('3: get nodes, describe node', async () => {
    expect(await prints('get nodes')).toBe(
      'NAME STATUS ROLES AGE VERSION\nnode-1 Ready <none> <age> v1.36.3+kubeskiff',
    );
    expect(await prints('get nodes -o wide')).toContain(' 172.18.0.2 <none> kubeskiff ');
    const described = await prints('describe node');
    expect(described).toContain('\nTaints: <none>\nUnschedulable: false\n');
    expect(described).toContain(' Ready True <time> <time> KubeletReady kubelet is posting ready status\n');
    expect(described).toContain('\nAllocatable:\n cpu: 4\n ephemeral-storage: 100Gi\n');
    expect(described).toContain(
      '\nAllocated resources:\n (Total limits may be over 100 percent, i.e., overcommitted.)\n',
    );
  });

  test('4: create deployment', async () => {
    expect(await prints(`create deployment kubernetes-bootcamp --image=${image}:v1`)).toBe(
      'deployment.apps/kubernetes-bootcamp created',
    );
    const wanted = 'NAME READY UP-TO-DATE AVAILABLE AGE\nkubernetes-bootcamp 1/1 1 1 <age>';
    expect(await journey.printsAtLast('get deployments', wanted)).toBe(wanted);
  });

  test('5: get pods, describe pods', async () => {
    expect(await prints('get pods')).toBe(
      `NAME READY STATUS RESTARTS AGE\nkubernetes-bootcamp-<hash>-<pod> ${running}`,
    );
    const wanted = describedPod(minor);
    expect(await journey.printsAtLast('describe pods', wanted)).toBe(wanted);
    const deployment = describedDeployment(minor, {
      tag: 'v1',
      replicas: 1,
      revision: 1,
      conditions: ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable'],
      oldSets: '<none>',
      events: ['Scaled up replica set kubernetes-bootcamp-<hash> from 0 to 1'],
    });
    expect(await journey.printsAtLast(`describe ${app}`, deployment)).toBe(deployment);
  });

  test('7: logs', async () => {
    const [pod] = await journey.pods('app=kubernetes-bootcamp');
    const line = `kubernetes-bootcamp runs ${image}:v1 (simulated)`;
    for (const options of ['', ' kubernetes-bootcamp', ' --tail=1', ' --since=1h', ' -c kubernetes-bootcamp'])
      expect(await prints(`logs ${pod}${options}`)).toBe(line);
    expect(await prints(`logs ${pod} --timestamps`)).toBe(`<time> ${line}`);
    expect(await prints(`logs ${app}`)).toBe(line);
    const following = journey.spawn(`logs -f ${pod}`);
    expect(await following.until(line)).toBe(`${line}\n`);
    await following.stop();
    const { stderr } = await journey.run(`logs ${pod} --previous`);
    expect(stderr).toBe(
      `Error from server (BadRequest): previous terminated container "kubernetes-bootcamp" in pod "${pod!.slice(4)}" not found\n`,
    );
  });

  test('9: expose', async () => {
    expect(await prints(`expose deployment/kubernetes-bootcamp --type=NodePort --port 8080`)).toBe(
      'service/kubernetes-bootcamp exposed',
    );
    expect(await prints('get services')).toBe(
      [
        'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE',
        'kubernetes ClusterIP <svc-ip> <none> 443/TCP <age>',
        'kubernetes-bootcamp NodePort <svc-ip> <none> 8080:<nodePort>/TCP <age>',
      ].join('\n'),
    );
    const wanted = describedService(minor);
    expect(await journey.printsAtLast('describe services/kubernetes-bootcamp', wanted)).toBe(wanted);
  });

  test('10: labels adopt and release', async () => {
    const [pod] = await journey.pods('app=kubernetes-bootcamp');
    expect(await journey.run(`label ${pod} version=v1`)).toMatchObject({ stdout: `${pod} labeled\n` });
    expect(await prints('get pods -l version=v1')).toContain(`kubernetes-bootcamp-<hash>-<pod> ${running}`);
    await prints(`label ${pod} app=other --overwrite`);
    await journey.printsAtLast('get pods -l app=kubernetes-bootcamp', new RegExp(running));
    const owner = 'jsonpath={.metadata.ownerReferences}';
    expect(await prints(`get ${pod} -o ${owner}`)).toBe('');
    await prints(`label ${pod} app=kubernetes-bootcamp --overwrite`);
    // one too many: the younger goes
    const two = `get pods -l app=kubernetes-bootcamp --field-selector=status.phase=Running -o name`;
    await journey.printsAtLast(two, /^pod\/\S+$/);
    expect(await rolledOut()).toBe(success);
  });

  test('11: scale', async () => {
    expect(await prints(`scale ${app} --replicas=4`)).toBe('deployment.apps/kubernetes-bootcamp scaled');
    expect(await rolledOut()).toBe(success);
    expect(await prints('get rs')).toBe(
      'NAME DESIRED CURRENT READY AGE\nkubernetes-bootcamp-<hash> 4 4 4 <age>',
    );
    const row = 'kubernetes-bootcamp-<hash>-<pod> 1/1 Running 0 <age> <pod-ip> node-1 <none> <none>';
    const head = 'NAME READY STATUS RESTARTS AGE IP NODE NOMINATED NODE READINESS GATES';
    const wanted = [head, row, row, row, row].join('\n');
    expect(await journey.printsAtLast('get pods -o wide', wanted)).toBe(wanted);
  });

  test('12: rolling update', async () => {
    expect(await prints(`set image ${app} kubernetes-bootcamp=${image}:v2`)).toBe(
      'deployment.apps/kubernetes-bootcamp image updated',
    );
    expect(await rolledOut()).toBe(success);
    expect(await prints(`rollout history ${app}`)).toBe(
      'deployment.apps/kubernetes-bootcamp\nREVISION CHANGE-CAUSE\n1 <none>\n2 <none>',
    );
    expect(await prints(`rollout history ${app} --revision=1`)).toBe(revision(minor));
  });

  test('12: an image that is not there', async () => {
    await prints(`set image ${app} kubernetes-bootcamp=${image}:v10`);
    const { code, stderr, stdout } = await journey.run(`rollout status ${app} --timeout=2s`);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: timed out waiting for the condition\n' });
    expect(stdout).toContain('2 out of 4 new replicas have been updated...\n');
    expect(await prints('get deployments')).toContain('\nkubernetes-bootcamp 3/4 2 3 <age>');
    const pods = (await prints('get pods')).split('\n');
    expect(pods.filter((line) => line.endsWith(running))).toHaveLength(3);
    expect(pods.filter((line) => / 0\/1 (ErrImagePull|ImagePullBackOff) 0 <age>$/.test(line))).toHaveLength(
      2,
    );
    const { stdout: names } = await journey.run('get pods --field-selector=status.phase=Pending -o name');
    const isWaiting = / Reason: ImagePullBackOff\n[\s\S]* Error: ImagePullBackOff/;
    const last = await journey.printsAtLast(`describe ${names.split('\n')[0]}`, isWaiting);
    const described = last.replaceAll(/ \(x\d+ over <age>\)/g, '');
    const from = minor >= 36 ? ' spec.containers{kubernetes-bootcamp}:' : '';
    for (const line of [
      ' State: Waiting\n Reason: ImagePullBackOff\n Ready: False\n',
      ` Warning Failed <age> kubelet${from} Failed to pull image "${image}:v10": rpc error: code = NotFound desc = failed to pull and unpack image "${image}:v10": failed to resolve reference "${image}:v10": ${image}:v10: not found`,
      ` kubelet${from} Error: ErrImagePull`,
      ` kubelet${from} Back-off pulling image "${image}:v10"`,
      ` kubelet${from} Error: ImagePullBackOff`,
    ])
      expect(described).toContain(line);
  });

  test('12: undo', async () => {
    expect(await prints(`rollout undo ${app}`)).toBe('deployment.apps/kubernetes-bootcamp rolled back');
    expect(await rolledOut()).toBe(success);
    expect(await prints(`rollout history ${app}`)).toBe(
      'deployment.apps/kubernetes-bootcamp\nREVISION CHANGE-CAUSE\n1 <none>\n3 <none>\n4 <none>',
    );
    const described = await prints(`describe ${app}`);
    const wanted = describedDeployment(minor, {
      tag: 'v2',
      replicas: 4,
      revision: 4,
      conditions: ['Available True MinimumReplicasAvailable', 'Progressing True NewReplicaSetAvailable'],
      oldSets:
        'kubernetes-bootcamp-<hash> (0/0 replicas created), kubernetes-bootcamp-<hash> (0/0 replicas created)',
      events: [],
    });
    expect(described.slice(0, wanted.length)).toBe(wanted);
  });

  test('12: pause, resume, restart', async () => {
    const done = (what: string): string => `deployment.apps/kubernetes-bootcamp ${what}`;
    expect(await prints(`rollout pause ${app}`)).toBe(done('paused'));
    expect(await prints(`describe ${app}`)).toContain(' Progressing Unknown DeploymentPaused\n');
    const { stderr } = await journey.run(`rollout undo ${app}`);
    expect(stderr).toBe(
      "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again\n",
    );
    expect(await prints(`rollout resume ${app}`)).toBe(done('resumed'));
    expect(await prints(`rollout restart ${app}`)).toBe(done('restarted'));
    expect(await rolledOut()).toBe(success);
    const path = 'jsonpath={.spec.template.metadata.annotations}';
    expect(await prints(`get ${app} -o ${path}`)).toBe('{"kubectl.kubernetes.io/restartedAt":"<time>"}');
  });

  test('13: apply files', async () => {
    expect(await prints('apply -f user-v1.yaml -f user-service.yaml')).toBe(
      'deployment.apps/user-v1 created\nservice/service-user-v1 created',
    );
    const row = `user-v1-<hash>-<pod> ${running}`;
    const wanted = ['NAME READY STATUS RESTARTS AGE', row, row, row].join('\n');
    expect(await journey.printsAtLast('get pod -l app=user-v1', wanted)).toBe(wanted);
    expect(await prints('get svc service-user-v1')).toBe(
      'NAME TYPE CLUSTER-IP EXTERNAL-IP PORT(S) AGE\nservice-user-v1 NodePort <svc-ip> <none> 80:<nodePort>/TCP <age>',
    );
    expect(await prints('apply -f user-v1.yaml -f user-service.yaml')).toBe(
      'deployment.apps/user-v1 unchanged\nservice/service-user-v1 unchanged',
    );
  });

  test('14: a file that is wrong is refused, with the line', async () => {
    expect(await journey.run('apply -f user-v1-misindented.yaml')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error: error parsing user-v1-misindented.yaml: error converting YAML to JSON: yaml: line 8: did not find expected key\n',
    });
  });

  test('18, 23: namespaces and contexts', async () => {
    expect(await prints('create namespace infra')).toBe('namespace/infra created');
    expect((await journey.run('get pods --namespace infra')).stderr).toBe(
      'No resources found in infra namespace.\n',
    );
    expect(await prints('get ns')).toContain('\ninfra Active <age>');
    expect(await prints('config get-contexts')).toBe(
      'CURRENT NAME CLUSTER AUTHINFO NAMESPACE\n* kubeskiff kubeskiff kubeskiff-admin',
    );
    expect(await prints('config set-context --current --namespace=infra')).toBe(
      'Context "kubeskiff" modified.',
    );
    expect((await journey.run('get pods')).stderr).toBe('No resources found in infra namespace.\n');
    expect(await prints('config use-context kubeskiff')).toBe('Switched to context "kubeskiff".');
    await prints('config set-context --current --namespace=default');
    expect(await prints('get pods')).toContain(`kubernetes-bootcamp-<hash>-<pod> ${running}`);
    expect(await prints('delete namespace infra')).toBe('namespace "infra" deleted');
    expect((await journey.run('get namespace infra')).stderr).toBe(
      'Error from server (NotFound): namespaces "infra" not found\n',
    );
  });

  test('20: a pod that is deleted is replaced', async () => {
    const [pod] = await journey.pods('app=kubernetes-bootcamp');
    await prints(`delete ${pod}`);
    expect(await rolledOut()).toBe(success);
    const after = await journey.pods('app=kubernetes-bootcamp');
    expect(after).toHaveLength(4);
    expect(after).not.toContain(pod);
  });

  test('21: what is deleted takes what it owns along', async () => {
    expect(await prints('delete deploy kubernetes-bootcamp')).toBe(
      deleted('deployment.apps "kubernetes-bootcamp"'),
    );
    expect(await prints('delete service kubernetes-bootcamp')).toBe(deleted('service "kubernetes-bootcamp"'));
    expect(await prints('delete -f user-v1.yaml -f user-service.yaml')).toBe(
      `${deleted('deployment.apps "user-v1"')}\n${deleted('service "service-user-v1"')}`,
    );
    await journey.printsAtLast('get rs,pods -o name', '');
    expect(await prints('get all -o name')).toBe('service/kubernetes');
  });
});
