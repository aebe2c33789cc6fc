import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../api/object.ts';
import type { AdmissionRequest } from '../admission.ts';
import { podEvaluator } from './pod-evaluator.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

function pod(spec: object, more: object = {}): KubeObject {
  return { metadata: { name: 'p' }, spec: { containers: [], ...spec }, ...more };
}

const container = (name: string, requests: object, limits: object = {}): object => ({
  name,
  resources: { requests, limits },
});

describe('usage of pods', () => {
  it('has requests and limits under all of their names', () => {
    const requests = { cpu: '1', memory: '1Gi', 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' };
    expect(podEvaluator.usage(pod({ containers: [container('a', requests, { cpu: '2' })] }), now)).toEqual({
      'count/pods': '1',
      pods: '1',
      cpu: '1',
      'requests.cpu': '1',
      'limits.cpu': '2',
      memory: '1Gi',
      'requests.memory': '1Gi',
      'hugepages-2Mi': '4Mi',
      'requests.hugepages-2Mi': '4Mi',
      'requests.example.com/gpu': '2',
    });
  });

  it('adds overhead to requests, and to limits that there are', () => {
    const usage = podEvaluator.usage(
      pod({
        containers: [container('a', { cpu: '1' }, { cpu: '2' })],
        overhead: { cpu: '100m', memory: '1Mi' },
      }),
      now,
    );
    expect(usage).toMatchObject({ 'requests.cpu': '1100m', 'limits.cpu': '2100m', 'requests.memory': '1Mi' });
    expect(usage).not.toHaveProperty('limits.memory');
  });

  it('prefers what the pod as a whole asks for', () => {
    const spec = { containers: [container('a', { cpu: '1' })], resources: { requests: { cpu: '3' } } };
    expect(podEvaluator.usage(pod(spec), now)).toMatchObject({ cpu: '3' });
  });

  it('goes by the largest of what was, is and shall be during a resize', () => {
    const status = (conditions: object[] = []): object => ({
      status: {
        conditions,
        containerStatuses: [
          { name: 'a', resources: { requests: { cpu: '2' } }, allocatedResources: { cpu: '3' } },
        ],
      },
    });
    const spec = { containers: [container('a', { cpu: '5' })] };
    expect(podEvaluator.usage(pod(spec, status()), now)).toMatchObject({ cpu: '5' });
    const infeasible = status([{ type: 'PodResizePending', reason: 'Infeasible' }]);
    expect(podEvaluator.usage(pod(spec, infeasible), now)).toMatchObject({ cpu: '3' });
  });

  it('is only the count once the pod has ended or is overdue', () => {
    const spec = { containers: [container('a', { cpu: '1' })] };
    expect(podEvaluator.usage(pod(spec, { status: { phase: 'Succeeded' } }), now)).toEqual({
      'count/pods': '1',
    });
    const deleted = (deletionTimestamp: string): KubeObject =>
      pod(spec, { metadata: { name: 'p', deletionTimestamp, deletionGracePeriodSeconds: 30 } });
    expect(podEvaluator.usage(deleted('2025-12-31T23:59:00Z'), now)).toEqual({ 'count/pods': '1' });
    expect(podEvaluator.usage(deleted('2025-12-31T23:59:45Z'), now)).toHaveProperty('cpu');
  });
});

describe('scopes of pods', () => {
  const inScope = (scopeName: string, spec: object, operator = 'Exists', values?: string[]): boolean =>
    podEvaluator.inScope!({ scopeName, operator, ...(values && { values }) }, pod(spec));

  it('tell terminating from others', () => {
    expect(inScope('Terminating', { activeDeadlineSeconds: 1 })).toBe(true);
    expect(inScope('Terminating', {})).toBe(false);
    expect(inScope('NotTerminating', {})).toBe(true);
  });

  it('tell best effort from others', () => {
    const spec = { containers: [container('a', { cpu: '1' })] };
    expect(inScope('BestEffort', {})).toBe(true);
    expect(inScope('BestEffort', spec)).toBe(false);
    expect(inScope('NotBestEffort', spec)).toBe(true);
  });

  it('go by priority class', () => {
    const spec = { priorityClassName: 'high' };
    expect(inScope('PriorityClass', spec)).toBe(true);
    expect(inScope('PriorityClass', {})).toBe(false);
    expect(inScope('PriorityClass', spec, 'In', ['high'])).toBe(true);
    expect(inScope('PriorityClass', spec, 'NotIn', ['high'])).toBe(false);
    expect(inScope('PriorityClass', {}, 'NotIn', ['high'])).toBe(true);
    expect(inScope('PriorityClass', {}, 'DoesNotExist')).toBe(true);
  });

  it('find affinity to other namespaces', () => {
    const term = (more: object): object => ({ topologyKey: 'zone', ...more });
    const weighted = (more: object): object => ({
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term(more) }],
        },
      },
    });
    expect(inScope('CrossNamespacePodAffinity', weighted({}))).toBe(false);
    expect(inScope('CrossNamespacePodAffinity', weighted({ namespaces: ['x'] }))).toBe(true);
    expect(inScope('CrossNamespacePodAffinity', weighted({ namespaceSelector: {} }))).toBe(true);
  });
});

describe('pods under quotas', () => {
  it('must state what is limited, container by container', () => {
    const required = ['pods', 'requests.memory', 'limits.cpu', 'requests.ephemeral-storage'];
    const spec = { containers: [container('b', {}), container('a', { memory: '1' }, { cpu: '1' })] };
    expect(podEvaluator.missing!(required, pod(spec))).toBe(
      'must specify limits.cpu for: b; requests.memory for: b',
    );
    expect(podEvaluator.missing!(['pods'], pod(spec))).toBeUndefined();
    expect(
      podEvaluator.missing!(required, pod({ ...spec, resources: { requests: { cpu: '1' } } })),
    ).toBeUndefined();
  });

  it('take part in these resources', () => {
    const all = [
      'pods',
      'count/pods',
      'limits.memory',
      'requests.hugepages-2Mi',
      'requests.example.com/gpu',
      'example.com/gpu',
      'services',
      'requests.storage',
      'count/services',
    ];
    expect(podEvaluator.matchingResources(all)).toEqual(all.slice(0, 5));
  });

  it('are judged when made, resized, or moved to another scope', () => {
    const handles = (operation: string, subresource: string, object?: object, oldObject?: object): boolean =>
      podEvaluator.handles({ operation, subresource, object, oldObject } as unknown as AdmissionRequest);
    expect(handles('CREATE', '')).toBe(true);
    expect(handles('CREATE', 'binding')).toBe(false);
    expect(handles('UPDATE', 'resize')).toBe(true);
    expect(handles('UPDATE', '', pod({}), pod({}))).toBe(false);
    expect(handles('UPDATE', '', pod({ activeDeadlineSeconds: 5 }), pod({}))).toBe(true);
  });
});
