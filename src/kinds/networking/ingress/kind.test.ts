import { expect, it } from 'vitest';
import { cellsOf, createFaults, hookContext, objectOf, updateFaults } from '../../kind-faults.ts';
import { ingress as kind } from './kind.ts';

const backend = { service: { name: 'web', port: { number: 80 } } };
const withPath = (path: object) => ({ spec: { rules: [{ http: { paths: [{ backend, ...path }] } }] } });
const at = 'spec.rules[0].http.paths[0]';

it.each([
  ['a good rule', withPath({ path: '/', pathType: 'Prefix' }), []],
  [
    'nothing',
    { spec: {} },
    ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  ],
  [
    'no path type',
    withPath({ pathType: null }),
    [`${at}.pathType: Required value: pathType must be specified`],
  ],
  [
    'an unknown path type',
    withPath({ path: '/', pathType: 'Foo' }),
    [
      `${at}.pathType: Unsupported value: "Foo": supported values: "Exact", "ImplementationSpecific", "Prefix"`,
    ],
  ],
  [
    'a relative path',
    withPath({ path: 'a', pathType: 'Exact' }),
    [`${at}.path: Invalid value: "a": must be an absolute path`],
  ],
  [
    'dots in a path',
    withPath({ path: '/a/..', pathType: 'Exact' }),
    [`${at}.path: Invalid value: "/a/..": cannot end with '/..'`],
  ],
  ['no path where none is needed', withPath({ pathType: 'ImplementationSpecific' }), []],
  [
    'an address as host',
    { spec: { rules: [{ host: '1.2.3.4' }] } },
    ['spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address'],
  ],
  [
    'no backend',
    { spec: { defaultBackend: {} } },
    ['spec.defaultBackend: Invalid value: "": resource or service backend is required'],
  ],
  [
    'no port',
    { spec: { defaultBackend: { service: { name: 'a', port: {} } } } },
    ['spec.defaultBackend: Required value: port name or number is required'],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('lets a bad secret name stay', () => {
  const bad = { spec: { defaultBackend: backend, tls: [{ secretName: 'A' }] } };
  expect(createFaults(kind, bad)[0]).toContain('spec.tls[0].secretName: Invalid value: "A"');
  expect(updateFaults(kind, bad, bad)).toEqual([]);
});

it('wants the annotation to agree with the class', () => {
  const annotations = { 'kubernetes.io/ingress.class': 'a' };
  const fields = {
    metadata: { name: 'x', annotations },
    spec: { defaultBackend: backend, ingressClassName: 'b' },
  };
  expect(createFaults(kind, fields)).toEqual([
    'annotations.kubernetes.io/ingress.class: Invalid value: "a": must match `ingressClassName` when both are specified',
  ]);
  const alone = objectOf(kind, { metadata: { annotations }, spec: {} });
  expect(kind.warningsOnCreate!(alone, hookContext)).toHaveLength(1);
});

it('checks the addresses of the status', () => {
  const before = { spec: { defaultBackend: backend } };
  const status = { loadBalancer: { ingress: [{ ip: '010.0.0.1' }, { hostname: '1.2.3.4' }] } };
  expect(updateFaults(kind, before, { ...before, status }, 'status')).toEqual([
    'status.loadBalancer.ingress[0].ip: Invalid value: "010.0.0.1": must not have leading 0s',
    'status.loadBalancer.ingress[1].hostname: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
  ]);
});

it('prints three hosts', () => {
  const rules = ['a', 'b', 'c', 'd'].map((host) => ({ host }));
  expect(cellsOf(kind, { spec: { rules, tls: [{}] }, status: { loadBalancer: {} } })).toEqual([
    'x',
    '<none>',
    'a,b,c + 1 more...',
    '',
    '80, 443',
    '<unknown>',
  ]);
});
