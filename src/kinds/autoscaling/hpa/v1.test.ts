import { expect, it } from 'vitest';
import type { KubeObject } from '../../../api/object.ts';
import { v1Conversion } from './v1.ts';

const scaleTargetRef = { kind: 'Deployment', name: 'web', apiVersion: 'apps/v1' };
const target = (value: string) => ({ type: 'AverageValue', averageValue: value });
const pods = { type: 'Pods', pods: { metric: { name: 'requests' }, target: target('10') } };
const external = {
  type: 'External',
  external: {
    metric: { name: 'queue', selector: { matchLabels: { a: 'b' } } },
    target: { type: 'Value', value: '3' },
  },
};
const object = {
  type: 'Object',
  object: {
    describedObject: scaleTargetRef,
    metric: { name: 'hits' },
    target: { type: 'Value', value: '1k' },
  },
};
const container = {
  type: 'ContainerResource',
  containerResource: {
    name: 'memory',
    container: 'c',
    target: { type: 'Utilization', averageUtilization: 5 },
  },
};
const cpu = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } },
};
const behavior = {
  scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Pods', value: 1, periodSeconds: 15 }] },
};

const autoscaler = {
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  metadata: { name: 'x', annotations: { mine: 'yes' } },
  spec: {
    scaleTargetRef,
    minReplicas: 1,
    maxReplicas: 5,
    metrics: [pods, external, object, container, cpu],
    behavior,
  },
  status: {
    currentReplicas: 1,
    desiredReplicas: 2,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 12, averageValue: '0' } } },
    ],
    conditions: [{ type: 'AbleToScale', status: 'True' }],
  },
} as unknown as KubeObject;

it('shows the processor as fields and the rest as annotations', () => {
  const v1 = v1Conversion.fromStorage(autoscaler);
  expect(v1).toMatchObject({
    apiVersion: 'autoscaling/v1',
    spec: { targetCPUUtilizationPercentage: 50 },
    status: { currentCPUUtilizationPercentage: 12 },
  });
  const annotations = v1.metadata.annotations!;
  expect(Object.keys(annotations).sort()).toEqual([
    'autoscaling.alpha.kubernetes.io/behavior',
    'autoscaling.alpha.kubernetes.io/conditions',
    'autoscaling.alpha.kubernetes.io/current-metrics',
    'autoscaling.alpha.kubernetes.io/metrics',
    'mine',
  ]);
  expect(annotations['autoscaling.alpha.kubernetes.io/behavior']).toBe(
    '{"ScaleUp":null,"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":15}],"Tolerance":null}}',
  );
});

it('loses nothing on the way through v1', () => {
  expect(v1Conversion.toStorage(v1Conversion.fromStorage(autoscaler))).toEqual(autoscaler);
});

it('aims at four fifths when v1 names nothing', () => {
  const v1 = {
    ...autoscaler,
    metadata: { name: 'x' },
    spec: { scaleTargetRef, maxReplicas: 1 },
    status: undefined,
  };
  const { spec } = v1Conversion.toStorage(v1 as unknown as KubeObject) as unknown as {
    spec: { metrics: unknown[] };
  };
  expect(spec.metrics).toEqual([
    { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
  ]);
});

it('does not mind annotations that are no JSON', () => {
  const annotations = {
    'autoscaling.alpha.kubernetes.io/metrics': '{',
    'autoscaling.alpha.kubernetes.io/behavior': '[',
  };
  const v1 = {
    ...autoscaler,
    metadata: { name: 'x', annotations },
    spec: { scaleTargetRef, maxReplicas: 1 },
  };
  expect(v1Conversion.toStorage(v1 as unknown as KubeObject).metadata).toEqual({ name: 'x' });
});
