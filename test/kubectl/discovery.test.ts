// What kubectl learns of the server: api-resources, api-versions, cluster-info, explain, get --raw, proxy.
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

kubectlSuite('discovery', (kubectl) => {
  it('lists resources', async () => {
    const names = async (...args: readonly string[]): Promise<string[]> =>
      (await kubectl.ok(['api-resources', '-o', 'name', ...args])).trim().split('\n');
    const all = await names();
    for (const name of [
      'pods',
      'deployments.apps',
      'events',
      'events.events.k8s.io',
      'leases.coordination.k8s.io',
    ])
      expect(all).toContain(name);
    expect(all).not.toContain('pods/log');
    expect(await names('--namespaced=false', '--api-group=')).toEqual([
      'componentstatuses',
      'namespaces',
      'nodes',
      'persistentvolumes',
    ]);
    expect(await names('--api-group=apps')).toEqual([
      'controllerrevisions.apps',
      'daemonsets.apps',
      'deployments.apps',
      'replicasets.apps',
      'statefulsets.apps',
    ]);
    expect(await names('--categories=all')).toContain('services');
    expect(await names('--verbs=create', '--api-group=authentication.k8s.io')).toEqual([
      'selfsubjectreviews.authentication.k8s.io',
      'tokenreviews.authentication.k8s.io',
    ]);
    const wide = await kubectl.ok(['api-resources', '--api-group=apps', '-o', 'wide', '--no-headers']);
    expect(wide).toMatch(
      /deployments +deploy +apps\/v1 +true +Deployment +create,delete,deletecollection,get,list,patch,update,watch +all\n/,
    );
  });

  it('lists versions', async () => {
    const versions = (await kubectl.ok(['api-versions'])).trim().split('\n');
    expect(versions).toEqual([...versions].sort());
    expect(versions).toEqual(expect.arrayContaining(['v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1']));
    expect(versions.filter((version) => /alpha|beta/.test(version))).toEqual([]);
  });

  it('says where the cluster is', async () => {
    expect(await kubectl.ok(['cluster-info'])).toBe(
      `Kubernetes control plane is running at ${kubectl.url}\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n`,
    );
    expect(await kubectl.ok(['version', '-o', 'json'])).toContain('"gitVersion": "v1.36');
  });

  it('names services of the cluster', async () => {
    const stdin =
      'apiVersion: v1\nkind: Service\nmetadata: {name: kube-dns, namespace: kube-system, labels: {kubernetes.io/cluster-service: "true", kubernetes.io/name: CoreDNS}}\nspec: {ports: [{name: dns, port: 53, protocol: UDP}]}\n';
    await kubectl.ok(['create', '-f', '-'], { stdin });
    expect(await kubectl.ok(['cluster-info'])).toContain(
      `CoreDNS is running at ${kubectl.url}/api/v1/namespaces/kube-system/services/kube-dns:dns/proxy\n`,
    );
  });

  it('explains', async () => {
    const pod = await kubectl.ok(['explain', 'pod.spec.containers.image']);
    expect(pod).toMatch(/^KIND: +Pod\nVERSION: +v1\n\nFIELD: image <string>\n/);
    expect(pod).toContain('Container image name');
    const strategy = await kubectl.ok(['explain', 'deployment.spec.strategy', '--recursive']);
    expect(strategy).toMatch(
      /^GROUP: +apps\nKIND: +Deployment\nVERSION: +v1\n\nFIELD: strategy <DeploymentStrategy>\n/,
    );
    expect(strategy).toMatch(
      /FIELDS:\n {2}rollingUpdate\t<RollingUpdateDeployment>\n {4}maxSurge\t<IntOrString>\n/,
    );
    // since 1.28 with the values of enumerations
    expect(strategy).toMatch(/\n {2}type\t<string>/);
    if (kubectl.minor >= 28) expect(strategy).toContain('enum: Recreate, RollingUpdate');
    expect(await kubectl.ok(['explain', 'hpa', '--api-version=autoscaling/v1'])).toContain('VERSION:    v1');
    expect(await kubectl.fails(['explain', 'pod.spec.nope'])).toBe('error: field "nope" does not exist\n');
    expect(await kubectl.fails(['explain', 'gadgets'])).toContain(
      'the server doesn\'t have a resource type "gadgets"\n',
    );
  });

  it('explains every resource', { timeout: 120_000 }, async () => {
    // 1.27.1 explains nothing that has no GET (kubernetes/kubernetes#117651).
    const verbs = kubectl.minor < 28 ? ['--verbs=get'] : [];
    const names = (await kubectl.ok(['api-resources', '-o', 'name', ...verbs])).trim().split('\n');
    const bare: string[] = [];
    // kubectl takes what is behind the first dot for a field where the first part is a resource
    const versions = { 'events.events.k8s.io': ['events', '--api-version=events.k8s.io/v1'] };
    for (const name of names) {
      const args = versions[name as keyof typeof versions] ?? [name];
      const { code, stdout } = await kubectl.run(['explain', ...args]);
      if (code !== 0 || !/\nDESCRIPTION:\n +\S/.test(stdout) || !/\nFIELDS:\n/.test(stdout)) bare.push(name);
    }
    expect(bare).toEqual([]);
  });

  it('reads raw paths', async () => {
    const raw = (path: string): Promise<string> => kubectl.ok(['get', '--raw', path]);
    expect(JSON.parse(await raw('/version'))).toMatchObject({ major: '1', minor: '36' });
    expect(await raw('/readyz')).toBe('ok');
    expect(await raw('/livez?verbose')).toMatch(/^\[\+\]ping ok\n[\s\S]*livez check passed\n$/);
    expect(await raw('/metrics')).toContain('# TYPE apiserver_request_total counter\n');
    expect(JSON.parse(await raw('/'))).toMatchObject({ paths: expect.arrayContaining(['/api', '/apis']) });
    expect(JSON.parse(await raw('/openapi/v3'))).toHaveProperty(['paths', 'api/v1']);
    expect(await kubectl.fails(['get', '--raw', '/nope'])).toBe(
      'Error from server (NotFound): the server could not find the requested resource\n',
    );
    expect(await kubectl.fails(['get', '--raw', '/api/v1/namespaces/none'])).toBe(
      'Error from server (NotFound): namespaces "none" not found\n',
    );
  });

  it('is reached through a proxy', async () => {
    const proxy = kubectl.spawn(['proxy', '--port=0']);
    const line = await proxy.until(/Starting to serve on \S+\n/);
    const base = `http://${/serve on (\S+)/.exec(line)?.[1]}`;
    expect(await (await fetch(`${base}/version`)).json()).toMatchObject({ minor: '36' });
    const list = (await (await fetch(`${base}/api/v1/namespaces`)).json()) as { kind: string };
    expect(list.kind).toBe('NamespaceList');
    const watch = await fetch(`${base}/api/v1/namespaces?watch=true&resourceVersion=0`);
    const reader = watch.body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toContain('"type":"ADDED"');
    await reader.cancel();
    await proxy.stop();
  });
});
