// The rules of a pod spec, in pods and in templates, in upstream's order.
// Upstream: ValidatePodSpec and ValidatePodTemplateSpec in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { PodResourceClaim, PodSpec, PodTemplateSpec } from '#types/core_v1';
import type { ObjectMeta } from '#types/meta_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabels } from '../validation/labels.ts';
import { dnsLabel, dnsSubdomain, qualifiedName, rangeMessage } from '../validation/names.ts';
import { validateAnnotations } from '../validation/object-meta.ts';
import { validatePodVolumes } from '../volumes/pod-volumes.ts';
import { validateAffinity } from './affinity.ts';
import { mirrorAnnotation, validatePodAnnotations, validateProfilesMatch } from './annotations.ts';
import {
  type PodOfContainers,
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './containers.ts';
import { validateFileKeyVolumes } from './env.ts';
import {
  validateDnsConfig,
  validateDnsPolicy,
  validateHostAliases,
  validateHostNetworkPorts,
  validateHostnameOverride,
  validateUserNamespace,
} from './network.ts';
import type { PodSpecOptions } from './options.ts';
import { validateContainerResources, validatePodResources } from './resources.ts';
import {
  validateSchedulingGates,
  validateSchedulingGroup,
  validateSpreadConstraints,
  validateTolerations,
} from './scheduling.ts';
import { validatePodSecurityContext } from './security-context.ts';
import { validateHostProcess, validateOs } from './windows.ts';

const restartPolicies = ['Always', 'OnFailure', 'Never'];
const preemptionPolicies = ['PreemptLowerPriority', 'Never'];
const maxInt32 = 2147483647;
const noClaims: ReadonlySet<string> = new Set();

function validateResourceClaims(
  errors: FieldErrors,
  claims: readonly PodResourceClaim[] | undefined,
  path: string,
  meta: ObjectMeta | undefined,
): ReadonlySet<string> {
  if (!claims || claims.length === 0) return noClaims;
  const mirrored = meta?.annotations?.[mirrorAnnotation] !== undefined;
  const names = new Set<string>();
  claims.forEach((claim, i) => {
    if (mirrored) {
      errors.forbidden('', 'static pods do not support resource claims');
      return;
    }
    const at = `${path}[${i}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    const printed = {
      Name: name,
      ResourceClaimName: resourceClaimName ?? null,
      ResourceClaimTemplateName: resourceClaimTemplateName ?? null,
    };
    if (!name) errors.required(`${at}.name`);
    else if (names.has(name)) errors.duplicate(`${at}.name`, name);
    else errors.invalids(`${at}.name`, name, dnsLabel(name));
    names.add(name);
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      errors.invalid(
        at,
        printed,
        'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
      );
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
      errors.invalid(at, printed, 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`');
    if (resourceClaimName !== undefined)
      errors.invalids(`${at}.resourceClaimName`, resourceClaimName, dnsSubdomain(resourceClaimName));
    if (resourceClaimTemplateName !== undefined) {
      errors.invalids(
        `${at}.resourceClaimTemplateName`,
        resourceClaimTemplateName,
        dnsSubdomain(resourceClaimTemplateName),
      );
    }
  });
  return new Set(claims.map((claim) => claim.name).filter((name) => name !== ''));
}

function validateNames(errors: FieldErrors, spec: PodSpec, path: string): void {
  if (spec.serviceAccountName)
    errors.invalids(
      `${path}.serviceAccountName`,
      spec.serviceAccountName,
      dnsSubdomain(spec.serviceAccountName),
    );
  if (spec.nodeName) errors.invalids(`${path}.nodeName`, spec.nodeName, dnsSubdomain(spec.nodeName));
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > maxInt32))
    errors.invalid(`${path}.activeDeadlineSeconds`, deadline, rangeMessage(1, maxInt32));
  if (spec.hostname) errors.invalids(`${path}.hostname`, spec.hostname, dnsLabel(spec.hostname));
  if (spec.subdomain) errors.invalids(`${path}.subdomain`, spec.subdomain, dnsLabel(spec.subdomain));
}

function validateClasses(errors: FieldErrors, spec: PodSpec, path: string, options: PodSpecOptions): void {
  const { priorityClassName, runtimeClassName, preemptionPolicy, overhead } = spec;
  if (priorityClassName)
    errors.invalids(`${path}.priorityClassName`, priorityClassName, dnsSubdomain(priorityClassName));
  if (runtimeClassName !== undefined)
    errors.invalids(`${path}.runtimeClassName`, runtimeClassName, dnsSubdomain(runtimeClassName));
  if (preemptionPolicy !== undefined) {
    if (preemptionPolicy === '') errors.required(`${path}.preemptionPolicy`);
    else if (!preemptionPolicies.includes(preemptionPolicy))
      errors.notSupported(`${path}.preemptionPolicy`, preemptionPolicy, preemptionPolicies);
  }
  if (overhead)
    validateContainerResources(errors, { limits: overhead }, noClaims, `${path}.overhead`, options);
}

/** Checks a pod spec. `meta` is the pod's own metadata, absent for templates. */
export function validatePodSpec(
  errors: FieldErrors,
  spec: PodSpec,
  path: string,
  options: PodSpecOptions,
  meta?: ObjectMeta,
): void {
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.required(`${path}.terminationGracePeriodSeconds`);
  const volumes = validatePodVolumes(errors, spec.volumes, `${path}.volumes`, meta?.name, options);
  const claims = validateResourceClaims(errors, spec.resourceClaims, `${path}.resourceClaims`, meta);
  const pod: PodOfContainers = { spec, volumes, claims, options };
  validateContainers(errors, `${path}.containers`, pod);
  validateInitContainers(errors, `${path}.initContainers`, pod);
  validateEphemeralContainers(errors, `${path}.ephemeralContainers`, pod);
  validatePodResources(errors, spec, claims, path, options);
  validateHostNetworkPorts(errors, spec, path, options);
  if (!spec.restartPolicy) errors.required(`${path}.restartPolicy`);
  else if (!restartPolicies.includes(spec.restartPolicy))
    errors.notSupported(`${path}.restartPolicy`, spec.restartPolicy, restartPolicies);
  validateDnsPolicy(errors, spec.dnsPolicy, `${path}.dnsPolicy`);
  validateLabels(errors, spec.nodeSelector, `${path}.nodeSelector`);
  validatePodSecurityContext(errors, spec, `${path}.securityContext`, options);
  validateAffinity(errors, spec.affinity, `${path}.affinity`, options);
  validateDnsConfig(errors, spec, `${path}.dnsConfig`);
  spec.readinessGates?.forEach(({ conditionType }, i) => {
    errors.invalids(
      `${path}.readinessGates[${i}].conditionType`,
      conditionType,
      qualifiedName(conditionType),
    );
  });
  validateSchedulingGates(errors, spec.schedulingGates, `${path}.schedulingGates`);
  validateSpreadConstraints(
    errors,
    spec.topologySpreadConstraints,
    `${path}.topologySpreadConstraints`,
    options,
  );
  validateHostProcess(errors, spec, path);
  validateUserNamespace(errors, spec, path, options);
  validateHostnameOverride(errors, spec, path);
  validateNames(errors, spec, path);
  validateTolerations(errors, spec.tolerations, `${path}.tolerations`, options);
  validateHostAliases(errors, spec.hostAliases, `${path}.hostAliases`);
  validateClasses(errors, spec, path, options);
  validateOs(errors, spec, path);
  validateSchedulingGroup(errors, spec.schedulingGroup, `${path}.schedulingGroup`);
  validateFileKeyVolumes(errors, spec, path);
}

/** Checks the template of a workload. */
export function validatePodTemplateSpec(
  errors: FieldErrors,
  template: PodTemplateSpec,
  path: string,
  options: PodSpecOptions,
): void {
  const { metadata, spec } = template;
  validateLabels(errors, metadata?.labels, `${path}.labels`);
  validateAnnotations(errors, metadata?.annotations, `${path}.annotations`);
  validatePodAnnotations(errors, metadata?.annotations, spec, `${path}.annotations`, options);
  validatePodSpec(errors, spec, `${path}.spec`, options);
  validateProfilesMatch(errors, metadata ?? {}, spec, `${path}.spec`);
  if (spec.ephemeralContainers?.length)
    errors.forbidden(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template');
}
