// PodSecurity: pods are held to the standard that the labels of their namespace name.
// Upstream: k8s.io/pod-security-admission/admission/admission.go.
import { isDeepStrictEqual } from 'node:util';
import type { CronJob } from '#types/batch_v1';
import type { Container, Pod, PodTemplate, PodTemplateSpec } from '#types/core_v1';
import type { Clock } from '../../../api/clock.ts';
import { goQuote } from '../../../api/go-text.ts';
import type { KubeObject } from '../../../api/object.ts';
import { forbidden, internalError, invalidObject } from '../../../api/status.ts';
import type { ServedResource } from '../../resources.ts';
import { parseObject } from '../../store/serialize.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission.ts';
import type { CheckedPod } from './check.ts';
import { detailsText, violations } from './evaluate.ts';
import { existingPodWarnings } from './existing-pods.ts';
import { compareLevels, isSameLevel, levelText, type NamespacePolicy, policyOfLabels } from './levels.ts';

/** What PodSecurity looks things up in: the resources of namespaces and of pods. */
export interface PodSecurityLookups {
  readonly namespaces: () => ServedResource;
  readonly pods: () => ServedResource;
  readonly clock: Clock;
}

type FindTemplate = (object: KubeObject) => PodTemplateSpec | undefined;

const specTemplate: FindTemplate = (object) =>
  (object as unknown as { spec?: { template?: PodTemplateSpec } }).spec?.template;

/** Where what makes pods has its template, by group and plural. */
const templates: ReadonlyMap<string, FindTemplate> = new Map([
  ['/replicationcontrollers', specTemplate],
  ['/podtemplates', (object) => (object as unknown as PodTemplate).template],
  ['apps/replicasets', specTemplate],
  ['apps/deployments', specTemplate],
  ['apps/statefulsets', specTemplate],
  ['apps/daemonsets', specTemplate],
  ['batch/jobs', specTemplate],
  ['batch/cronjobs', (object) => (object as unknown as CronJob).spec.jobTemplate.spec.template],
]);

/** Those that do not bring a pod. */
const otherSubresources: ReadonlySet<string> = new Set([
  'exec',
  'attach',
  'binding',
  'eviction',
  'log',
  'portforward',
  'proxy',
  'status',
]);

function nameOf({ name, object }: AdmissionRequest): string {
  return name || object?.metadata.name || '';
}

type Containers = readonly Container[] | null | undefined;

function otherImages(now: Containers, before: Containers): boolean {
  const old = before ?? [];
  return (now ?? []).length !== old.length || !!now?.some(({ image }, i) => image !== old[i]!.image);
}

/** Whether a change of a pod is to be looked at: most of a pod never changes, only images do and ephemeral containers come. */
function isSignificant({ spec }: Pod, { spec: before }: Pod): boolean {
  if (otherImages(spec.containers, before.containers)) return true;
  if (otherImages(spec.initContainers, before.initContainers)) return true;
  return (spec.ephemeralContainers ?? []).some(({ name, image }) => {
    const old = before.ephemeralContainers?.find((c) => c.name === name);
    return !old || old.image !== image;
  });
}

function warn(request: AdmissionRequest, policy: NamespacePolicy, pod: CheckedPod): void {
  const found = violations(policy.warn, pod);
  if (found.length === 0) return;
  request.warn(`would violate PodSecurity ${goQuote(levelText(policy.warn))}: ${detailsText(found)}`);
}

function checkPod(request: AdmissionRequest, policy: NamespacePolicy): void {
  const pod = request.object as unknown as Pod;
  if (request.operation === 'UPDATE' && !isSignificant(pod, request.oldObject as unknown as Pod)) return;
  const { enforce } = policy;
  const checked = { annotations: pod.metadata.annotations ?? {}, spec: pod.spec };
  const found = violations(enforce, checked);
  if (found.length > 0)
    throw forbidden(
      request.resource.groupResource,
      nameOf(request),
      `violates PodSecurity ${goQuote(levelText(enforce))}: ${detailsText(found)}`,
    );
  // what is enforced holds already
  if (!isSameLevel(policy.warn, enforce)) warn(request, policy, checked);
}

function checkTemplate(request: AdmissionRequest, policy: NamespacePolicy, find: FindTemplate): void {
  const template = find(request.object!);
  // what may do without a template has no spec in it either
  if (!template?.spec) return;
  warn(request, policy, { annotations: template.metadata?.annotations ?? {}, spec: template.spec });
}

/** The new policy, where the pods that are there may not hold to it. Throws 422 for labels that can't be read. */
function tightened(request: AdmissionRequest): NamespacePolicy | undefined {
  const labels = request.object!.metadata.labels;
  const policy = policyOfLabels(labels);
  const isUpdate = request.operation === 'UPDATE';
  const before = policyOfLabels(isUpdate ? request.oldObject!.metadata.labels : undefined);
  // labels that were wrong before may stay so
  if (policy.errors.length > 0 && !isDeepStrictEqual(policy.errors, before.errors))
    throw invalidObject({ group: '', kind: 'Namespace' }, nameOf(request), policy.errors);
  if (!isUpdate || policy.enforce.level === 'privileged' || isSameLevel(policy.enforce, before.enforce))
    return undefined;
  const isRelaxed =
    policy.enforce.version === before.enforce.version &&
    compareLevels(policy.enforce.level, before.enforce.level) <= 0;
  return isRelaxed ? undefined : policy;
}

/** The step. Where a namespace has no such labels, it costs one look at them. */
export function podSecurity({ namespaces, pods, clock }: PodSecurityLookups): AdmissionStep {
  const podsOf = (namespace: string): Pod[] =>
    pods()
      .cache!.list({ prefix: `pods/${namespace}/` })
      .objects.map(({ bytes }) => parseObject(bytes) as unknown as Pod);

  const checkNamespace = (request: AdmissionRequest): void => {
    const policy = tightened(request);
    if (!policy) return;
    const name = nameOf(request);
    const bounds = { clock, deadline: request.deadline };
    for (const text of existingPodWarnings(name, policy.enforce, podsOf(name), bounds)) request.warn(text);
  };

  return {
    name: 'PodSecurity',
    validate(request) {
      const { operation, resource, subresource, object, namespace } = request;
      if ((operation !== 'CREATE' && operation !== 'UPDATE') || !object) return;
      const { group, resource: plural } = resource.groupResource;
      if (group === '' && plural === 'namespaces') {
        if (subresource === '') checkNamespace(request);
        return;
      }
      const isPod = group === '' && plural === 'pods';
      const find = isPod ? undefined : templates.get(`${group}/${plural}`);
      if (isPod ? otherSubresources.has(subresource) : !find || subresource !== '') return;
      const found = namespaces().cache!.get(`namespaces/${namespace}`);
      if (!found) {
        if (isPod) throw internalError(`failed to lookup namespace ${goQuote(namespace)}`);
        return;
      }
      const policy = policyOfLabels(found.attributes().labels);
      if (policy.enforce.level === 'privileged' && policy.warn.level === 'privileged') return;
      if (find) checkTemplate(request, policy, find);
      else checkPod(request, policy);
    },
  };
}
