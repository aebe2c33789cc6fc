import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../api/object.ts';
import type { VersionConversion } from '../define-kind.ts';
import { appsV1beta1StatefulSet } from './apps-v1beta1-stateful-set.ts';
import { autoscalingV2beta1 } from './autoscaling-v2beta1.ts';
import { autoscalingV2beta2 } from './autoscaling-v2beta2.ts';
import { extensionsDaemonSet } from './daemon-set.ts';
import { appsV1beta1Deployment, extensionsDeployment } from './deployment.ts';
import { extensionsIngress, networkingV1beta1Ingress } from './ingress.ts';
import { policyV1beta1 } from './pod-disruption-budget.ts';
import { extensionsReplicaSet } from './replica-set.ts';

interface Shown {
  apiVersion: string;
  metadata: { labels?: object; annotations?: Record<string, string> };
  spec: Record<string, unknown>;
  status?: Record<string, unknown>;
}

function object(spec: object, metadata: object = {}, more: object = {}): KubeObject {
  return {
    kind: 'K',
    apiVersion: 'v',
    metadata: { name: 'x', ...metadata },
    spec,
    ...more,
  } as unknown as KubeObject;
}

function stored(conversion: VersionConversion, old: KubeObject): Shown {
  return conversion.toStorage(old) as unknown as Shown;
}

function shown(conversion: VersionConversion, today: KubeObject): Shown {
  return conversion.fromStorage(today) as unknown as Shown;
}

function defaulted(conversion: VersionConversion, spec: object, metadata: object = {}): Shown {
  const made = object(structuredClone(spec), metadata);
  conversion.setDefaults?.(made);
  return made as unknown as Shown;
}

const template = { metadata: { labels: { app: 'a' } } };
const selector = { matchLabels: { app: 'a' } };

describe('workloads', () => {
  it('take selector and labels from the template', () => {
    for (const conversion of [
      extensionsDeployment,
      appsV1beta1Deployment,
      extensionsDaemonSet,
      extensionsReplicaSet,
      appsV1beta1StatefulSet,
    ]) {
      const made = defaulted(conversion, { template });
      expect(made.spec['selector']).toEqual(selector);
      expect(made.metadata.labels).toEqual({ app: 'a' });
      const given = defaulted(conversion, { template, selector: {} }, { labels: { b: 'c' } });
      expect(given.spec['selector']).toEqual({});
      expect(given.metadata.labels).toEqual({ b: 'c' });
      expect(defaulted(conversion, { template: {} }).spec['selector']).toBeUndefined();
    }
  });

  it('have the defaults of their time', () => {
    expect(defaulted(extensionsDeployment, {}).spec).toEqual({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 1 } },
      revisionHistoryLimit: 2147483647,
      progressDeadlineSeconds: 2147483647,
    });
    expect(defaulted(appsV1beta1Deployment, {}).spec).toEqual({
      replicas: 1,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 2,
      progressDeadlineSeconds: 600,
    });
    const recreate = { strategy: { type: 'Recreate' } };
    expect(defaulted(extensionsDeployment, recreate).spec['strategy']).toEqual({ type: 'Recreate' });
    expect(defaulted(extensionsDaemonSet, {}).spec).toEqual({
      updateStrategy: { type: 'OnDelete' },
      revisionHistoryLimit: 10,
    });
    expect(defaulted(extensionsReplicaSet, {}).spec).toEqual({ replicas: 1 });
    expect(defaulted(appsV1beta1StatefulSet, {}).spec).toEqual({
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'OnDelete' },
      replicas: 1,
      revisionHistoryLimit: 10,
    });
  });

  it('keep what is an annotation today', () => {
    const rollback = stored(extensionsDeployment, object({ rollbackTo: { revision: 3 } }));
    expect(rollback).toMatchObject({
      apiVersion: 'apps/v1',
      metadata: { annotations: { 'deprecated.deployment.rollback.to': '3' } },
    });
    expect(rollback.spec).toEqual({});
    const back = shown(appsV1beta1Deployment, rollback as unknown as KubeObject);
    expect(back).toMatchObject({ apiVersion: 'apps/v1beta1', spec: { rollbackTo: { revision: 3 } } });
    expect(back.metadata.annotations).toBeUndefined();
    const last = stored(extensionsDeployment, object({ rollbackTo: {} }, { annotations: { a: 'b' } }));
    expect(last.metadata.annotations).toEqual({ a: 'b', 'deprecated.deployment.rollback.to': '0' });
    const generation = stored(extensionsDaemonSet, object({ templateGeneration: 4 }));
    expect(generation.metadata.annotations).toEqual({ 'deprecated.daemonset.template.generation': '4' });
    expect(shown(extensionsDaemonSet, generation as unknown as KubeObject).spec['templateGeneration']).toBe(
      4,
    );
  });
});

describe('ingresses', () => {
  const rule = (backend: object) => ({ rules: [{ http: { paths: [{ path: '/', backend }] } }] });
  it.each([
    [{ serviceName: 's', servicePort: 80 }, { service: { name: 's', port: { number: 80 } } }],
    [{ serviceName: 's', servicePort: 'http' }, { service: { name: 's', port: { name: 'http' } } }],
    [
      { serviceName: '', servicePort: 0, resource: { kind: 'B', name: 'b' } },
      { resource: { kind: 'B', name: 'b' } },
    ],
  ])('have the backend %j', (old, today) => {
    const made = stored(extensionsIngress, object({ backend: old, ...rule(old) }));
    expect(made.spec).toEqual({ defaultBackend: today, ...rule(today) });
    expect(made.apiVersion).toBe('networking.k8s.io/v1');
    const back = shown(networkingV1beta1Ingress, made as unknown as KubeObject);
    expect(back.apiVersion).toBe('networking.k8s.io/v1beta1');
    const { serviceName, servicePort, ...rest } = { resource: undefined, ...old };
    const wanted = serviceName === '' ? { resource: rest.resource } : { serviceName, servicePort };
    expect(back.spec).toEqual({ backend: wanted, ...rule(wanted) });
  });

  it('get a path type', () => {
    const made = defaulted(extensionsIngress, rule({ serviceName: 's', servicePort: 80 }));
    expect(made.spec).toMatchObject({
      rules: [{ http: { paths: [{ pathType: 'ImplementationSpecific' }] } }],
    });
  });
});

describe('disruption budgets', () => {
  const key = 'pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match';
  const none = { matchExpressions: [{ key, operator: 'Exists' }] };
  const all = { matchExpressions: [{ key, operator: 'DoesNotExist' }] };

  it.each([
    ['an empty selector matched nothing', {}, none],
    ['the marker matched everything', all, {}],
    ['others stay', selector, selector],
    ['no selector stays', undefined, undefined],
  ])('%s', (_name, old, today) => {
    expect(stored(policyV1beta1, object({ selector: old })).spec['selector']).toEqual(today);
    expect(shown(policyV1beta1, object({ selector: today })).spec['selector']).toEqual(old);
  });

  it('lose the marker where it is not alone', () => {
    const mixed = { ...selector, ...none };
    expect(stored(policyV1beta1, object({ selector: mixed })).spec['selector']).toEqual(selector);
  });
});

describe('autoscalers', () => {
  it('have flat metrics in v2beta1', () => {
    const external = { metricName: 'm', targetAverageValue: '5' };
    const old = object({ metrics: [{ type: 'External', external }] });
    const made = stored(autoscalingV2beta1, old);
    expect(made.spec['metrics']).toEqual([
      {
        type: 'External',
        external: { metric: { name: 'm' }, target: { type: 'AverageValue', averageValue: '5' } },
      },
    ]);
    expect(shown(autoscalingV2beta1, made as unknown as KubeObject).spec).toEqual({
      metrics: [{ type: 'External', external }],
    });
  });

  it('keep their behavior in an annotation', () => {
    const behavior = { scaleUp: { selectPolicy: 'Max' } };
    const old = shown(autoscalingV2beta1, object({ behavior }, {}, { status: {} }));
    expect(old.spec).toEqual({});
    const text = old.metadata.annotations?.['autoscaling.alpha.kubernetes.io/behavior'];
    expect(text).toContain('"SelectPolicy":"Max"');
    expect(stored(autoscalingV2beta1, old as unknown as KubeObject)).toMatchObject({ spec: { behavior } });
  });

  it('keep tolerances in annotations in v2beta2', () => {
    const behavior = { scaleDown: { selectPolicy: 'Min', tolerance: '0.1' } };
    const old = shown(autoscalingV2beta2, object({ behavior }));
    expect(old.spec).toEqual({ behavior: { scaleDown: { selectPolicy: 'Min' } } });
    const today = stored(autoscalingV2beta2, old as unknown as KubeObject);
    expect(today.spec).toEqual({ behavior });
    expect(today.metadata.annotations).toBeUndefined();
  });
});
