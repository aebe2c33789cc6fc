// Namespaces that hold their pods to a standard: what is refused, what is warned of, and when.
import { expect, it } from 'vitest';
import { startTestApiServer } from '../../src/testing/api-server.ts';
import { type Answer, send } from './api.ts';

const warnings = ({ headers }: Answer): unknown => headers['warning'];
const strict = 'pod-security.kubernetes.io';
const escalates =
  'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false)';
const faults = `${escalates}, unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")`;
const header = (text: string): string => `299 - ${JSON.stringify(text)}`;

type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

async function withServer(run: (ask: Ask) => Promise<void>): Promise<void> {
  await using server = await startTestApiServer({ disabledAdmission: ['ServiceAccount'] });
  await run((method, path, body) => send(server.url, method, path, { body }));
}

function makeNamespace(ask: Ask, name: string, modes: Record<string, string>): Promise<Answer> {
  const labels = Object.fromEntries(
    Object.entries(modes).map(([mode, value]) => [`${strict}/${mode}`, value]),
  );
  return ask('POST', '/api/v1/namespaces', { metadata: { name, labels } });
}

const container = { name: 'c', image: 'i' };
const good = {
  name: 'c',
  image: 'i',
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
const podIn = (ask: Ask, namespace: string, name: string, spec: object): Promise<Answer> =>
  ask('POST', `/api/v1/namespaces/${namespace}/pods`, { metadata: { name }, spec });

it('refuse pods and warn of templates', () =>
  withServer(async (ask) => {
    await makeNamespace(ask, 's', { enforce: 'restricted' });
    const refused = await podIn(ask, 's', 'p', { containers: [container] });
    expect(refused.status).toBe(403);
    expect(refused.body.message).toBe(
      `pods "p" is forbidden: violates PodSecurity "restricted:latest": ${faults}`,
    );
    expect(refused.body['details']).toEqual({ name: 'p', kind: 'pods' });
    expect(warnings(refused)).toBeUndefined();
    const allowed = await podIn(ask, 's', 'p', { containers: [good] });
    expect([allowed.status, warnings(allowed)]).toEqual([201, undefined]);

    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } };
    const warned = header(`would violate PodSecurity "restricted:latest": ${faults}`);
    const deployment = await ask('POST', '/apis/apps/v1/namespaces/s/deployments', {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template },
    });
    expect([deployment.status, warnings(deployment)]).toEqual([201, warned]);
    const status = await ask('PUT', '/apis/apps/v1/namespaces/s/deployments/d/status', deployment.body);
    expect([status.status, warnings(status)]).toEqual([200, undefined]);
    const job = { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } };
    const cronJob = await ask('POST', '/apis/batch/v1/namespaces/s/cronjobs', {
      metadata: { name: 'j' },
      spec: { schedule: '* * * * *', jobTemplate: { spec: job } },
    });
    expect([cronJob.status, warnings(cronJob)]).toEqual([201, warned]);
    const podTemplate = await ask('POST', '/api/v1/namespaces/s/podtemplates', {
      metadata: { name: 't' },
      template,
    });
    expect([podTemplate.status, warnings(podTemplate)]).toEqual([201, warned]);
  }));

it('warn of pods at a level of their own', () =>
  withServer(async (ask) => {
    await makeNamespace(ask, 'w', { enforce: 'baseline', warn: 'restricted', 'warn-version': 'v1.8' });
    const made = await podIn(ask, 'w', 'p', { containers: [container] });
    expect(made.status).toBe(201);
    const runs = 'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)';
    expect(warnings(made)).toBe(header(`would violate PodSecurity "restricted:v1.8": ${escalates}, ${runs}`));
    const host = await podIn(ask, 'w', 'h', { containers: [container], hostPID: true });
    expect(host.body.message).toBe(
      'pods "h" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostPID=true)',
    );
  }));

it('look at pods again only when images change or containers come', () =>
  withServer(async (ask) => {
    await makeNamespace(ask, 'u', {});
    const path = '/api/v1/namespaces/u/pods/p';
    const { body: bad } = await podIn(ask, 'u', 'p', { containers: [container] });
    const { body: space } = await ask('GET', '/api/v1/namespaces/u');
    const labels = { [`${strict}/enforce`]: 'restricted' };
    const tightened = await ask('PUT', '/api/v1/namespaces/u', {
      ...space,
      metadata: { ...space.metadata, labels },
    });
    expect(tightened.status).toBe(200);
    expect(warnings(tightened)).toBe(
      [
        header(
          'existing pods in namespace "u" violate the new PodSecurity enforce level "restricted:latest"',
        ),
        header(
          'p: allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
        ),
      ].join(', '),
    );
    const labelled = await ask('PUT', path, { ...bad, metadata: { ...bad.metadata, labels: { x: 'y' } } });
    expect(labelled.status).toBe(200);
    const { body: now } = labelled;
    const spec = {
      ...now.spec,
      containers: [{ ...(now.spec['containers'] as object[])[0], image: 'other' }],
    };
    expect((await ask('PUT', path, { ...now, spec })).body.message).toMatch(
      /^pods "p" is forbidden: violates/,
    );
    const ephemeralContainers = [{ name: 'e', image: 'i', terminationMessagePolicy: 'File' }];
    const attached = await ask('PUT', `${path}/ephemeralcontainers`, {
      ...now,
      spec: { ...now.spec, ephemeralContainers },
    });
    expect(attached.status).toBe(403);
    expect(attached.body.message).toContain('containers "c", "e" must set');
  }));

it('have labels that can be read', () =>
  withServer(async (ask) => {
    const refused = await makeNamespace(ask, 'l', { enforce: 'most', 'warn-version': '1' });
    expect(refused.status).toBe(422);
    expect(refused.body.message).toBe(
      'Namespace "l" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "most": must be one of privileged, baseline, restricted, metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1": must be "latest" or "v1.x"]',
    );
    expect((await makeNamespace(ask, 'l', { warn: 'baseline' })).status).toBe(201);
    const patched = await ask('GET', '/api/v1/namespaces/l');
    const labels = { [`${strict}/audit`]: 'none' };
    const update = await ask('PUT', '/api/v1/namespaces/l', {
      ...patched.body,
      metadata: { ...patched.body.metadata, labels },
    });
    expect(update.status).toBe(422);
  }));
