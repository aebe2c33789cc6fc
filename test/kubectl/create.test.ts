// `kubectl create` in all its forms.
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

kubectlSuite('create', (kubectl) => {
  /** Generators: arguments to what kubectl prints. */
  const generators: readonly (readonly [string, string])[] = [
    ['configmap made --from-literal=a=1 --from-literal=b=2', 'configmap/made created'],
    ['secret generic made --from-literal=password=x', 'secret/made created'],
    [
      'secret docker-registry reg --docker-server=r --docker-username=u --docker-password=p',
      'secret/reg created',
    ],
    ['deployment made --image=nginx:1.25 --replicas=3 --port=80', 'deployment.apps/made created'],
    ['service clusterip made --tcp=80:8080', 'service/made created'],
    ['service nodeport node --tcp=80:8080', 'service/node created'],
    ['service loadbalancer balanced --tcp=80', 'service/balanced created'],
    ['service externalname outside --external-name=example.com', 'service/outside created'],
    ['serviceaccount made', 'serviceaccount/made created'],
    [
      'role made --verb=get,list --resource=pods,deployments.apps',
      'role.rbac.authorization.k8s.io/made created',
    ],
    ['rolebinding made --role=made --user=jane', 'rolebinding.rbac.authorization.k8s.io/made created'],
    ['quota made --hard=pods=3,cpu=2', 'resourcequota/made created'],
    ['job made --image=busybox -- echo hi', 'job.batch/made created'],
    ['cronjob made --image=busybox --schedule=*/5_*_*_*_* -- date', 'cronjob.batch/made created'],
    [
      'poddisruptionbudget made --selector=app=a --min-available=1',
      'poddisruptionbudget.policy/made created',
    ],
    ['ingress made --rule=example.com/path*=made:80', 'ingress.networking.k8s.io/made created'],
  ];
  it('makes each kind that has a generator', async () => {
    const namespace = await kubectl.namespace();
    for (const [args, printed] of generators) {
      const words = args.split(' ').map((word) => word.replaceAll('_', ' '));
      expect(await kubectl.ok(['-n', namespace, 'create', ...words])).toBe(`${printed}\n`);
    }
    const made = await kubectl.json<{ spec: { replicas: number } }>([
      ...['-n', namespace, 'get', 'deployment', 'made'],
    ]);
    expect(made.spec.replicas).toBe(3);
  });

  it('makes kinds without a namespace', async () => {
    const run = (text: string): Promise<string> => kubectl.ok(['create', ...text.split(' ')]);
    expect(await run('namespace plain')).toBe('namespace/plain created\n');
    expect(await run('clusterrole plain --verb=get --resource=nodes')).toBe(
      'clusterrole.rbac.authorization.k8s.io/plain created\n',
    );
    expect(await run('clusterrolebinding plain --clusterrole=plain --group=team')).toBe(
      'clusterrolebinding.rbac.authorization.k8s.io/plain created\n',
    );
    expect(await run('priorityclass plain --value=7')).toBe(
      'priorityclass.scheduling.k8s.io/plain created\n',
    );
  });

  it('refuses what is there', async () => {
    const namespace = await kubectl.namespace();
    await kubectl.ok(['-n', namespace, 'create', 'configmap', 'twice']);
    expect(await kubectl.fails(['-n', namespace, 'create', 'configmap', 'twice'])).toBe(
      'error: failed to create configmap: configmaps "twice" already exists\n',
    );
    expect(await kubectl.fails(['create', 'namespace', namespace])).toBe(
      `Error from server (AlreadyExists): namespaces "${namespace}" already exists\n`,
    );
  });

  it('keeps nothing of a dry run', async () => {
    const namespace = await kubectl.namespace();
    const create = ['-n', namespace, 'create', 'configmap', 'dry', '--from-literal=a=1'];
    expect(await kubectl.ok([...create, '--dry-run=client'])).toBe('configmap/dry created (dry run)\n');
    expect(await kubectl.ok([...create, '--dry-run=server'])).toBe(
      'configmap/dry created (server dry run)\n',
    );
    const shown = await kubectl.ok([...create, '--dry-run=server', '-o', 'yaml']);
    expect(shown).toMatch(/^apiVersion: v1\ndata:\n {2}a: "1"\nkind: ConfigMap\nmetadata:\n/);
    expect(shown).toMatch(/\n {2}uid: [0-9a-f-]{36}\n/);
    expect(await kubectl.fails(['-n', namespace, 'get', 'configmap', 'dry'])).toBe(
      'Error from server (NotFound): configmaps "dry" not found\n',
    );
  });

  it('prints what it makes on the client', async () => {
    const shown = await kubectl.ok([
      'create',
      'deployment',
      'd',
      '--image=i',
      '--dry-run=client',
      '-o',
      'json',
    ]);
    const parsed = JSON.parse(shown) as { kind: string; spec: { selector: unknown } };
    expect(parsed.kind).toBe('Deployment');
    expect(parsed.spec.selector).toEqual({ matchLabels: { app: 'd' } });
  });

  it('makes a name from generateName', async () => {
    const namespace = await kubectl.namespace();
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: some-}\n';
    expect(await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin })).toMatch(
      /^configmap\/some-[bcdfghjklmnpqrstvwxz2456789]{5} created\n$/,
    );
  });

  it('says which fields are unknown and makes nothing', async () => {
    const namespace = await kubectl.namespace();
    const unknown = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd}\ndta: {a: b}\n';
    expect(await kubectl.fails(['-n', namespace, 'create', '-f', '-'], { stdin: unknown })).toBe(
      'Error from server (BadRequest): error when creating "STDIN": ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dta"\n',
    );
    const { code, stderr } = await kubectl.run(['-n', namespace, 'create', '--validate=warn', '-f', '-'], {
      stdin: unknown,
    });
    expect([code, stderr]).toEqual([0, 'Warning: unknown field "dta"\n']);
  });

  it('says what is invalid', async () => {
    const namespace = await kubectl.namespace();
    expect(await kubectl.fails(['-n', namespace, 'create', 'deployment', 'Bad_Name', '--image=i'])).toMatch(
      /^error: failed to create deployment: Deployment\.apps "Bad_Name" is invalid: \[?metadata\.name: Invalid value: "Bad_Name": a lowercase RFC 1123 subdomain/,
    );
    const stdin =
      'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 0}, {port: 70000, name: x}]}\n';
    expect(await kubectl.fails(['-n', namespace, 'create', '-f', '-'], { stdin })).toBe(
      `The Service "s" is invalid: \n* spec.ports[0].name: Required value\n* spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive\n* spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive\n* spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive\n* spec.ports[1].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive\n`,
    );
  });

  it('finds no namespace', async () => {
    expect(await kubectl.fails(['-n', 'nowhere', 'create', 'configmap', 'a'])).toBe(
      'error: failed to create configmap: namespaces "nowhere" not found\n',
    );
    const stdin = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: other}\n';
    expect(await kubectl.fails(['-n', 'default', 'create', '-f', '-'], { stdin })).toBe(
      'error: the namespace from the provided object "other" does not match the namespace "default". You must pass \'--namespace=other\' to perform this operation.\n',
    );
  });

  it('makes many objects of one file', async () => {
    const namespace = await kubectl.namespace();
    const stdin = Array.from(
      { length: 5 },
      (_, i) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m${i}}\n`,
    ).join('---\n');
    expect(await kubectl.ok(['-n', namespace, 'create', '-f', '-'], { stdin })).toBe(
      Array.from({ length: 5 }, (_, i) => `configmap/m${i} created\n`).join(''),
    );
  });

  it('makes a token that the server takes', async () => {
    const namespace = await kubectl.namespace();
    const token = (await kubectl.ok(['-n', namespace, 'create', 'token', 'default', '--duration=1h'])).trim();
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      sub: string;
      exp: number;
      iat: number;
    };
    expect(claims.sub).toBe(`system:serviceaccount:${namespace}:default`);
    expect(claims.exp - claims.iat).toBe(3600);
    // A client certificate of the kubeconfig would come before the token.
    const own = [
      '--kubeconfig=/dev/null',
      '--server',
      kubectl.url,
      '--insecure-skip-tls-verify',
      '--token',
      token,
    ];
    const text = await kubectl.fails([...own, 'get', 'pods', '-n', namespace]);
    expect(text).toBe(
      `Error from server (Forbidden): pods is forbidden: User "system:serviceaccount:${namespace}:default" cannot list resource "pods" in API group "" in the namespace "${namespace}"\n`,
    );
    expect(await kubectl.fails(['-n', namespace, 'create', 'token', 'nobody'])).toBe(
      'error: failed to create token: serviceaccounts "nobody" not found\n',
    );
  });
});
