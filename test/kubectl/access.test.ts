// Who may do what: auth, certificates, impersonation, and contexts of a kubeconfig.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kubectlSuite } from './session.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

kubectlSuite('access', (kubectl) => {
  // 1.27 asks for it in a beta version only.
  it.skipIf(kubectl.minor < 28)('knows who asks', async () => {
    const shown = await kubectl.ok(['auth', 'whoami', '-o', 'json']);
    const { status } = JSON.parse(shown) as { status: { userInfo: { groups: string[] } } };
    expect(status.userInfo.groups).toContain('system:masters');
    const other = await kubectl.ok(['auth', 'whoami', '--as=jane', '--as-group=team']);
    expect(other.replace(/ +/g, ' ')).toMatch(
      /^ATTRIBUTE VALUE\nUsername jane\nGroups \[team system:authenticated\]\n/,
    );
  });

  it('answers can-i', async () => {
    const namespace = await kubectl.namespace();
    const can = async (...args: readonly string[]): Promise<string> =>
      (await kubectl.run(['-n', namespace, 'auth', 'can-i', ...args])).stdout;
    expect(await can('create', 'pods')).toBe('yes\n');
    expect(await can('list', 'pods', '--as=jane')).toBe('no\n');
    await kubectl.ok([
      '-n',
      namespace,
      'create',
      'role',
      'reader',
      '--verb=get,list',
      '--resource=pods,pods/log',
    ]);
    await kubectl.ok(['-n', namespace, 'create', 'rolebinding', 'reader', '--role=reader', '--user=jane']);
    expect(await can('list', 'pods', '--as=jane')).toBe('yes\n');
    expect(await can('get', 'pods/log', '--as=jane')).toBe('yes\n');
    expect(await can('get', 'pods', '--subresource=exec', '--as=jane')).toBe('no\n');
    expect(await can('delete', 'pods', '--as=jane')).toBe('no\n');
    expect(await can('get', '/healthz', '--as=jane')).toBe('yes\n');
    expect((await kubectl.run(['auth', 'can-i', 'list', 'pods', '-q', '--as=jane'])).code).toBe(1);
    const list = (await can('--list', '--as=jane'))
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ').trim());
    expect(list[0]).toBe('Resources Non-Resource URLs Resource Names Verbs');
    expect(list).toContain('pods [] [] [get list]');
    expect(list).toContain('pods/log [] [] [get list]');
    expect(list).toContain('selfsubjectaccessreviews.authorization.k8s.io [] [] [create]');
  });

  it('forbids with the reason', async () => {
    const namespace = await kubectl.namespace();
    expect(await kubectl.fails(['-n', namespace, 'get', 'pods', '--as=nobody'])).toBe(
      `Error from server (Forbidden): pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "${namespace}"\n`,
    );
    expect(await kubectl.fails(['get', 'nodes', 'x', '--as=nobody'])).toBe(
      'Error from server (Forbidden): nodes "x" is forbidden: User "nobody" cannot get resource "nodes" in API group "" at the cluster scope\n',
    );
  });

  it('reconciles roles', async () => {
    const namespace = await kubectl.namespace();
    const role = (verb: string): string =>
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: ${namespace}}\nrules: [{apiGroups: [""], resources: [pods], verbs: [${verb}]}]\n`;
    const reconcile = (verb: string): Promise<string> =>
      kubectl.ok(['-n', namespace, 'auth', 'reconcile', '-f', '-'], { stdin: role(verb) });
    expect(await reconcile('get')).toContain('role.rbac.authorization.k8s.io/r reconciled\n');
    await reconcile('list');
    const verbs = await kubectl.ok(['-n', namespace, 'get', 'role', 'r', '-o', 'jsonpath={.rules[*].verbs}']);
    expect(verbs).toContain('list');
  });

  it('refuses to grant what one does not hold', async () => {
    const namespace = await kubectl.namespace();
    const rules = ['--verb=create', '--resource=roles.rbac.authorization.k8s.io'];
    await kubectl.ok(['-n', namespace, 'create', 'role', 'editor', ...rules]);
    await kubectl.ok(['-n', namespace, 'create', 'rolebinding', 'e', '--role=editor', '--user=eve']);
    const more = ['create', 'role', 'more', '--verb=delete', '--resource=pods'];
    expect(await kubectl.fails(['-n', namespace, '--as=eve', ...more])).toBe(
      `Error from server (Forbidden): roles.rbac.authorization.k8s.io "more" is forbidden: user "eve" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["delete"]}\n`,
    );
  });

  it.skipIf(!hasOpenssl)('approves and denies certificate requests', async () => {
    const folder = kubectl.folder;
    const subject = ['-subj', '/O=team/CN=jane', '-keyout', 'jane.key', '-out', 'jane.csr'];
    execFileSync('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', ...subject], {
      cwd: folder,
      stdio: 'ignore',
    });
    const request = readFileSync(join(folder, 'jane.csr')).toString('base64');
    const create = (name: string): Promise<string> =>
      kubectl.ok(['create', '-f', '-'], {
        stdin: `apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: ${name}}\nspec: {request: ${request}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}\n`,
      });
    await create('jane');
    expect((await kubectl.ok(['get', 'csr', 'jane', '--no-headers'])).replace(/ +/g, ' ')).toMatch(
      /^jane \d+s kubernetes\.io\/kube-apiserver-client \S+ <none> Pending\n$/,
    );
    expect(await kubectl.ok(['certificate', 'approve', 'jane'])).toBe(
      'certificatesigningrequest.certificates.k8s.io/jane approved\n',
    );
    expect(await kubectl.ok(['get', 'csr', 'jane', '--no-headers'])).toMatch(/ Approved\n$/);
    expect(await kubectl.ok(['describe', 'csr', 'jane'])).toContain('Common Name:    jane\n');
    await create('joe');
    expect(await kubectl.ok(['certificate', 'deny', 'joe'])).toBe(
      'certificatesigningrequest.certificates.k8s.io/joe denied\n',
    );
    expect(await kubectl.ok(['get', 'csr', 'joe', '--no-headers'])).toMatch(/ Denied\n$/);
  });

  it('switches contexts and namespaces', async () => {
    const namespace = await kubectl.namespace();
    const copy = join(kubectl.folder, 'copy');
    writeFileSync(copy, readFileSync(kubectl.kubeconfig), { mode: 0o600 });
    const run = (text: string): Promise<string> => kubectl.ok(text.split(' '), { env: { KUBECONFIG: copy } });
    expect(await run('config current-context')).toBe('kubeskiff\n');
    expect(await run(`config set-context --current --namespace=${namespace}`)).toBe(
      'Context "kubeskiff" modified.\n',
    );
    expect(await run('create configmap here')).toBe('configmap/here created\n');
    expect(await run('get cm -o name')).toBe('configmap/here\n');
    expect(await run('config set-context other --cluster=kubeskiff --user=kubeskiff-admin')).toBe(
      'Context "other" created.\n',
    );
    expect(await run('config use-context other')).toBe('Switched to context "other".\n');
    expect(await run('get cm -o name')).not.toContain('configmap/here\n');
    expect(await run('config get-contexts -o name')).toBe('kubeskiff\nother\n');
    const shown = await run('config view');
    expect(shown).toContain(`server: ${kubectl.url}\n`);
    expect(shown).toContain('client-key-data: DATA+OMITTED\n');
  });

  it('does not know strangers', async () => {
    const own = ['--kubeconfig=/dev/null', '--server', kubectl.url, '--insecure-skip-tls-verify'];
    expect(await kubectl.fails([...own, '--token=wrong', 'get', 'pods'])).toContain(
      'error: You must be logged in to the server (',
    );
    expect(
      await kubectl.fails(['--kubeconfig=/dev/null', '--server', kubectl.url, '--token=x', 'get', 'pods']),
    ).toMatch(/certificate signed by unknown authority|failed to verify certificate/);
  });
});
