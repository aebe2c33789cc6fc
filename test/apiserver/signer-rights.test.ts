// Who may approve, sign and attest for a signer, and what nobody may ask for.
import { generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { packageRoot } from '../../src/api/schema/type-table.ts';
import { createAuthority } from '../../src/cluster/pki.ts';
import { startTestApiServer, type TestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const group = 'certificates.k8s.io';
const api = `/apis/${group}/v1`;
const beta = `/apis/${group}/v1beta1`;
const rbac = '/apis/rbac.authorization.k8s.io/v1';
const recorded = join(
  packageRoot(),
  'test',
  'golden',
  'strategies',
  'changed',
  'pod-certificate-requests.json',
);
/** A request in DER, signed with its key. */
const csr = (
  JSON.parse(readFileSync(recorded, 'utf8')) as {
    bases: Record<string, { object: { spec: { stubPKCS10Request: string } } }>;
  }
).bases['pcr']!.object.spec.stubPKCS10Request;
const pem = (der: string): string =>
  Buffer.from(`-----BEGIN CERTIFICATE REQUEST-----\n${der}\n-----END CERTIFICATE REQUEST-----\n`).toString(
    'base64',
  );

/** One element of DER, of less than 256 bytes. */
function element(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = content.length < 128 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

/** A request of an organization, signed with its own key. */
function requestOf(organization: string): string {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const type = element(0x06, Buffer.from([0x55, 4, 10]));
  const name = element(0x30, element(0x31, element(0x30, type, element(0x0c, Buffer.from(organization)))));
  const key = publicKey.export({ format: 'der', type: 'spki' });
  const info = element(0x30, element(0x02, Buffer.from([0])), name, key, element(0xa0));
  const algorithm = element(0x30, element(0x06, Buffer.from('2b6570', 'hex')));
  const signature = element(0x03, Buffer.from([0]), sign(null, info, privateKey));
  return element(0x30, info, algorithm, signature).toString('base64');
}

describe('rights on signers', () => {
  let server: TestApiServer;
  const admin = (method: string, path: string, body: unknown): Promise<Answer> =>
    send(server.url, method, path, { body });
  const eve = (method: string, path: string, body: unknown): Promise<Answer> =>
    send(server.url, method, path, { body, headers: { 'impersonate-user': 'eve' } });
  const ok = async (answer: Promise<Answer>): Promise<Answer['body']> => {
    const { status, body } = await answer;
    expect(status, body?.message).toBeLessThan(300);
    return body;
  };
  const refuses = async (answer: Promise<Answer>, message: string, code = 403): Promise<void> => {
    const { status, body } = await answer;
    expect([status, body.message]).toEqual([code, message]);
  };
  const role = (name: string, rules: object[]): Promise<Answer['body']> =>
    ok(admin('POST', `${rbac}/clusterroles`, { metadata: { name }, rules })).then(() =>
      ok(
        admin('POST', `${rbac}/clusterrolebindings`, {
          metadata: { name },
          roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
          subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'eve' }],
        }),
      ),
    );
  const signers = (verb: string, name: string): object => ({
    apiGroups: [group],
    resources: ['signers'],
    resourceNames: [name],
    verbs: [verb],
  });
  const condition = { type: 'Approved', status: 'True', reason: 'r', message: 'm' };

  beforeAll(async () => {
    const featureGates = 'ClusterTrustBundle=true,PodCertificateRequest=true';
    server = await startTestApiServer({ runtimeConfig: 'api/beta=true', featureGates });
    await role('all', [{ apiGroups: [group], resources: ['*'], verbs: ['create', 'update', 'get'] }]);
  });
  afterAll(() => server.close());

  it('are asked for by those who approve and sign', async () => {
    const spec = { signerName: 'example.com/s', request: pem(csr), usages: ['client auth'] };
    const requests = `${api}/certificatesigningrequests`;
    const made = await ok(admin('POST', requests, { metadata: { name: 'a' }, spec }));
    const approved = { ...made, status: { conditions: [condition] } };
    const denied = (verb: string): string =>
      `certificatesigningrequests.certificates.k8s.io "a" is forbidden: user not permitted to ${verb} requests with signerName "example.com/s"`;
    await refuses(eve('PUT', `${requests}/a/approval`, approved), denied('approve'));
    await refuses(
      eve('PUT', `${requests}/a/status`, {
        ...made,
        status: { conditions: [{ ...condition, type: 'Failed' }] },
      }),
      denied('sign'),
    );
    // what stays as it is takes no right
    await ok(eve('PUT', `${requests}/a/status`, made));
    await role('approver', [signers('approve', 'example.com/*')]);
    const again = await ok(eve('PUT', `${requests}/a/approval`, approved));
    await role('signer', [signers('sign', 'example.com/s')]);
    const failed = [
      ...(again['status'] as { conditions: object[] }).conditions,
      { ...condition, type: 'Failed' },
    ];
    await ok(eve('PUT', `${requests}/a/status`, { ...again, status: { conditions: failed } }));
  });

  it('are asked for by those who attest', async () => {
    const authority = await createAuthority('hooks', systemClock);
    const bundles = `${beta}/clustertrustbundles`;
    const bundle = (name: string, signerName?: string): object => ({
      metadata: { name },
      spec: { trustBundle: authority.certificate, ...(signerName && { signerName }) },
    });
    await ok(eve('POST', bundles, bundle('plain')));
    const attested = bundle('example.com:t:a', 'example.com/t');
    await refuses(
      eve('POST', bundles, attested),
      'clustertrustbundles.certificates.k8s.io "example.com:t:a" is forbidden: user not permitted to attest for signerName "example.com/t"',
    );
    await role('attester', [signers('attest', 'example.com/t')]);
    await ok(eve('POST', bundles, attested));
  });

  it('are asked for by those who answer pods', async () => {
    const requests = `${beta}/namespaces/default/podcertificaterequests`;
    const spec = {
      signerName: 'example.com/p',
      podName: 'p',
      podUID: 'u',
      serviceAccountName: 's',
      serviceAccountUID: 'u',
      nodeName: 'n',
      nodeUID: 'u',
      stubPKCS10Request: csr,
    };
    const made = await ok(admin('POST', requests, { metadata: { name: 'a' }, spec }));
    const conditions = [{ ...condition, type: 'Denied', lastTransitionTime: '2026-11-21T09:00:00Z' }];
    const denied = { ...made, status: { conditions } };
    await refuses(
      eve('PUT', `${requests}/a/status`, denied),
      'PodCertificateRequest.certificates.k8s.io "a" is invalid: spec.signerName: Forbidden: User "eve" is not permitted to "sign" for signer "example.com/p"',
      422,
    );
    await role('pod-signer', [signers('sign', 'example.com/p')]);
    await ok(eve('PUT', `${requests}/a/status`, denied));
  });

  it('do not make anybody one of those who may do everything', async () => {
    const requests = `${api}/certificatesigningrequests`;
    const asking = (organization: string): object => ({
      metadata: { name: 'client' },
      spec: {
        signerName: 'kubernetes.io/kube-apiserver-client',
        request: pem(requestOf(organization)),
        usages: ['client auth'],
      },
    });
    await refuses(
      admin('POST', requests, asking('system:masters')),
      'certificatesigningrequests.certificates.k8s.io "client" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
    );
    await ok(admin('POST', requests, asking('others')));
  });
});
