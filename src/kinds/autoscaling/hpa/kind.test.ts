import { expect, it } from 'vitest';
import { cellsOf, created, createFaults, updateFaults } from '../../kind-faults.ts';
import { horizontalPodAutoscaler as kind } from './kind.ts';

const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
const spec = (fields: object) => ({ spec: { scaleTargetRef, maxReplicas: 5, ...fields } });
const metric = (fields: object) => spec({ metrics: [fields] });
const cpu = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } };
const at = 'spec.metrics[0]';
const populate = 'must populate information for the given metric source';

it.each([
  ['nothing special', spec({}), []],
  [
    'no most',
    spec({ maxReplicas: 0 }),
    [
      'spec.maxReplicas: Required value: must be set and greater than 0',
      'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
    ],
  ],
  [
    'a least of zero',
    spec({ minReplicas: 0 }),
    [
      'spec.minReplicas: Invalid value: 0: must be greater than or equal to 1',
      'spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas',
    ],
  ],
  [
    'no group',
    spec({ scaleTargetRef: { ...scaleTargetRef, apiVersion: 'v1' } }),
    ['spec.scaleTargetRef.apiVersion: Invalid value: "v1": apiVersion must specify API group'],
  ],
  [
    'the one kind without a group',
    spec({ scaleTargetRef: { kind: 'ReplicationController', name: 'a' } }),
    [],
  ],
  ['no source', metric({ type: 'Resource' }), [`${at}.resource: Required value: ${populate}`]],
  [
    'two sources',
    metric({
      type: 'Resource',
      resource: cpu,
      pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '1' } },
    }),
    [`${at}.pods: Forbidden: must populate the given metric source only`],
  ],
  [
    'no target',
    metric({ type: 'Resource', resource: { ...cpu, target: { type: 'Value' } } }),
    [
      `${at}.resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization`,
    ],
  ],
  [
    'a negative target',
    metric({ type: 'External', external: { metric: { name: 'q' }, target: { type: 'Value', value: '-1' } } }),
    [`${at}.external.target.value: Invalid value: "-1": must be positive`],
  ],
  [
    'a long window',
    spec({ behavior: { scaleUp: { stabilizationWindowSeconds: 3601 } } }),
    [
      'spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 3601: must be less than or equal to 3600',
    ],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('aims at four fifths of the processor by default', () => {
  expect(created(kind, spec({ behavior: {} }))).toMatchObject({
    spec: {
      minReplicas: 1,
      metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { averageUtilization: 80 } } }],
      behavior: {
        scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Max' },
        scaleDown: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
      },
    },
  });
});

it('does not look again at an apiVersion that stays', () => {
  const bad = spec({ scaleTargetRef: { kind: 'K', name: 'n' } });
  expect(updateFaults(kind, bad, bad)).toEqual([]);
});

it('prints two metrics', () => {
  const metrics = [{ type: 'Resource', resource: cpu }, { type: 'Foo' }, { type: 'Foo' }];
  const currentMetrics = [
    { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 12 } } },
  ];
  const fields = { ...spec({ metrics }), status: { currentReplicas: 2, desiredReplicas: 2, currentMetrics } };
  expect(cellsOf(kind, fields)).toEqual([
    'x',
    'Deployment/web',
    'cpu: 12%/50%, <unknown type> + 1 more...',
    '<unset>',
    5,
    2,
    '<unknown>',
  ]);
});
