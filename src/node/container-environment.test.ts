import { expect, it } from 'vitest';
import type { Container, Pod } from '#types/core_v1';
import { ConfigError, type ConfigSource } from './config-source.ts';
import { containerEnvironment, expandCommand, expandVariables } from './container-environment.ts';
import { serviceEnvironment } from './service-environment.ts';

const data: Record<string, Record<string, string>> = { cfg: { A: '1', B: 'two' } };
const secret: Record<string, Record<string, string>> = { key: { P: Buffer.from('s3').toString('base64') } };

function lookup(kind: string, all: typeof data, name: string, isOptional: boolean | undefined) {
  const found = all[name];
  if (!found && !isOptional) throw new ConfigError(`${kind} "${name}" not found`);
  return found && { data: found };
}

const config = {
  configMap: (_: string, name: string, optional?: boolean) => lookup('configmap', data, name, optional),
  secret: (_: string, name: string, optional?: boolean) => lookup('secret', secret, name, optional),
  serviceVariables: () => [{ name: 'KUBERNETES_SERVICE_HOST', value: '10.0.0.1' }],
} as unknown as ConfigSource;

const pod = {
  metadata: { name: 'p', namespace: 'ns', uid: 'u', labels: { app: 'web' } },
  spec: { nodeName: 'n1', serviceAccountName: 'robot', containers: [] },
  status: {},
} as unknown as Pod;
const place = { hostIP: '172.18.0.2', podIPs: ['10.244.0.2'], allocatable: { cpu: '4', memory: '8Gi' } };

function variables(container: Partial<Container>): Record<string, string> {
  const all = containerEnvironment(
    pod,
    { name: 'c', resources: {}, ...container } as Container,
    config,
    place,
  );
  return Object.fromEntries(all.map((v) => [v.name, v.value]));
}

it('takes variables from everywhere, the later over the earlier', () => {
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
  expect(
    variables({
      resources: { requests: { cpu: '250m' }, limits: { memory: '64Mi' } },
      envFrom: [{ configMapRef: { name: 'cfg' } }, { prefix: 'S_', secretRef: { name: 'key' } }],
      env: [
        { name: 'B', value: 'three' },
        { name: 'C', value: '$(A)-$(B)-$(S_P)-$(MISSING)-$$(A)-$(KUBERNETES_SERVICE_HOST)' },
        { name: 'KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'P' } } },
        { name: 'NONE', valueFrom: { configMapKeyRef: { name: 'no', key: 'x', optional: true } } },
        { name: 'IP', ...field('status.podIP') },
        { name: 'NODE', ...field('spec.nodeName') },
        { name: 'APP', ...field("metadata.labels['app']") },
        { name: 'CPU', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '1m' } } },
        { name: 'ALL', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '0' } } },
        { name: 'MEM', valueFrom: { resourceFieldRef: { resource: 'limits.memory', divisor: '1Mi' } } },
      ],
    }),
  ).toEqual({
    A: '1',
    B: 'three',
    S_P: 's3',
    C: '1-three-s3-$(MISSING)-$(A)-10.0.0.1',
    KEY: 's3',
    IP: '10.244.0.2',
    NODE: 'n1',
    APP: 'web',
    CPU: '250',
    ALL: '4',
    MEM: '64',
    KUBERNETES_SERVICE_HOST: '10.0.0.1',
  });
});

it.each([
  [{ envFrom: [{ configMapRef: { name: 'no' } }] }, 'configmap "no" not found'],
  [{ envFrom: [{ secretRef: { name: 'no' } }] }, 'secret "no" not found'],
  [
    { env: [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'cfg', key: 'x' } } }] },
    "couldn't find key x in ConfigMap ns/cfg",
  ],
  [
    { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'key', key: 'x' } } }] },
    "couldn't find key x in Secret ns/key",
  ],
])('what is missing is told: %j', (container, message) => {
  expect(() => variables(container)).toThrow(message);
});

it('puts variables into command lines', () => {
  const env = [{ name: 'A', value: 'x' }];
  expect(expandCommand(['echo', '$(A)', '$A', '$$(A)', '$(B)'], env)).toEqual([
    'echo',
    'x',
    '$A',
    '$(A)',
    '$(B)',
  ]);
  expect(expandCommand([], env)).toBeUndefined();
  expect(expandVariables('$(A', () => 'x')).toBe('$(A');
});

it('tells of services', () => {
  const service = {
    metadata: { name: 'my-web' },
    spec: { clusterIP: '10.0.0.9', ports: [{ name: 'http', port: 80, protocol: 'TCP' }] },
  };
  expect(serviceEnvironment(service as never).map(({ name, value }) => `${name}=${value}`)).toEqual([
    'MY_WEB_SERVICE_HOST=10.0.0.9',
    'MY_WEB_SERVICE_PORT=80',
    'MY_WEB_SERVICE_PORT_HTTP=80',
    'MY_WEB_PORT=tcp://10.0.0.9:80',
    'MY_WEB_PORT_80_TCP=tcp://10.0.0.9:80',
    'MY_WEB_PORT_80_TCP_PROTO=tcp',
    'MY_WEB_PORT_80_TCP_PORT=80',
    'MY_WEB_PORT_80_TCP_ADDR=10.0.0.9',
  ]);
  expect(serviceEnvironment({ metadata: {}, spec: { clusterIP: 'None' } } as never)).toEqual([]);
});
