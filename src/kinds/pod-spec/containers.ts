// Rules of containers: what all share, and what differs between regular, init and ephemeral ones.
// Upstream: validateContainers, validateInitContainers and validateEphemeralContainers in
// k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Container, ContainerRestartRule, EphemeralContainer, PodSpec } from '#types/core_v1';
import { hasSentEmpty, memberAsSent } from '../../api/schema/sent-empty.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel } from '../validation/names.ts';
import { type VolumesByName, validatePullPolicy } from '../volumes/pod-volumes.ts';
import { type AnyContainer, isSidecar } from './containers-of.ts';
import { validateEnv, validateEnvFrom } from './env.ts';
import { validateDevices, validateHostPorts, validateMounts, validatePorts } from './mounts.ts';
import type { PodSpecOptions } from './options.ts';
import { validateLifecycle, validateProbes } from './probes.ts';
import { validateContainerResources } from './resources.ts';
import { validateSecurityContext } from './security-context.ts';

/** What the rules of containers need to know of their pod. */
export interface PodOfContainers {
  readonly spec: PodSpec;
  readonly volumes: VolumesByName;
  readonly claims: ReadonlySet<string>;
  readonly options: PodSpecOptions;
}

const messagePolicies = ['File', 'FallbackToLogsOnError'];
const resizable = ['cpu', 'memory'];
const resizePolicies = ['NotRequired', 'RestartContainer'];

function validateResizePolicy(
  errors: FieldErrors,
  container: AnyContainer,
  path: string,
  spec: PodSpec,
): void {
  container.resizePolicy?.forEach((policy, i, policies) => {
    const { resourceName, restartPolicy } = policy;
    if (policies.slice(0, i).some((other) => other.resourceName === resourceName))
      errors.duplicate(`${path}[${i}]`, resourceName);
    if (!resourceName) errors.required(path);
    else if (!resizable.includes(resourceName)) errors.notSupported(path, resourceName, resizable);
    if (!restartPolicy) errors.required(path);
    else if (!resizePolicies.includes(restartPolicy))
      errors.notSupported(path, restartPolicy, resizePolicies);
    if (spec.restartPolicy === 'Never' && restartPolicy !== 'NotRequired')
      errors.invalid(path, restartPolicy, "must be 'NotRequired' when pod `restartPolicy` is 'Never'");
  });
}

function validateCommon(
  errors: FieldErrors,
  container: AnyContainer,
  path: string,
  pod: PodOfContainers,
): void {
  const { spec, volumes, options } = pod;
  if (!container.name) errors.required(`${path}.name`);
  else {
    const messages = dnsLabel(container.name);
    if (messages.length > 0) errors.invalids(`${path}.name`, container.name, messages);
  }
  if (!container.image) errors.required(`${path}.image`);
  const policy = container.terminationMessagePolicy;
  if (!policy) errors.required(`${path}.terminationMessagePolicy`);
  else if (!messagePolicies.includes(policy))
    errors.notSupported(`${path}.terminationMessagePolicy`, policy, messagePolicies);
  validatePorts(errors, container.ports, `${path}.ports`);
  validateEnv(errors, container.env, `${path}.env`);
  validateEnvFrom(errors, container.envFrom, `${path}.envFrom`);
  validateMounts(errors, container, volumes, `${path}.volumeMounts`);
  validateDevices(errors, container, volumes, `${path}.volumeDevices`);
  validatePullPolicy(errors, container.imagePullPolicy, `${path}.imagePullPolicy`);
  validateContainerResources(errors, container.resources, pod.claims, `${path}.resources`, options);
  validateResizePolicy(errors, container, `${path}.resizePolicy`, spec);
  validateSecurityContext(
    errors,
    container.securityContext,
    `${path}.securityContext`,
    spec.hostUsers !== false,
  );
}

const restartPolicies = ['Always', 'Never', 'OnFailure'];
const ruleActions = ['Restart', 'RestartAllContainers'];
const ruleOperators = ['In', 'NotIn'];

function validateRestartRules(
  errors: FieldErrors,
  rules: readonly ContainerRestartRule[],
  path: string,
): void {
  if (rules.length > 20) errors.tooMany(path, rules.length, 20);
  rules.forEach(({ action = '', exitCodes }, i) => {
    const at = `${path}[${i}]`;
    if (!ruleActions.includes(action)) errors.notSupported(`${at}.action`, action, ruleActions);
    if (!exitCodes) {
      errors.required(`${at}.exitCodes`, 'must be specified');
      return;
    }
    const { operator = '', values = [] } = exitCodes;
    if (!ruleOperators.includes(operator))
      errors.notSupported(`${at}.exitCodes.operator`, operator, ruleOperators);
    if (values.length > 255) errors.tooMany(`${at}.exitCodes.values`, values.length, 255);
  });
}

function validateRestartPolicy(errors: FieldErrors, container: Container, path: string, init: boolean): void {
  const { restartPolicy, restartPolicyRules: rules = [] } = container;
  if (restartPolicy === undefined && rules.length === 0) return;
  if (restartPolicy === undefined) {
    errors.required(`${path}.restartPolicy`, 'must specify restartPolicy when restart rules are used');
    if (init) return;
  } else if (!restartPolicies.includes(restartPolicy))
    errors.notSupported(`${path}.restartPolicy`, restartPolicy, restartPolicies);
  validateRestartRules(errors, rules, `${path}.restartPolicyRules`);
}

/** Checks regular containers: at least one. */
export function validateContainers(errors: FieldErrors, path: string, pod: PodOfContainers): void {
  const containers = pod.spec.containers ?? [];
  if (containers.length === 0) {
    errors.required(path);
    return;
  }
  const gracePeriod = pod.spec.terminationGracePeriodSeconds;
  const names = new Set<string>();
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    validateCommon(errors, container, at, pod);
    if (names.has(container.name)) errors.duplicate(`${at}.name`, container.name);
    names.add(container.name);
    validateLifecycle(errors, container.lifecycle, pod.spec, `${at}.lifecycle`);
    validateProbes(errors, container, gracePeriod, at);
    validateRestartPolicy(errors, container, at, false);
  });
  validateHostPorts(errors, containers, path);
}

const sidecarsOnly = ['lifecycle', 'livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Checks init containers; sidecars may have what regular containers have. */
export function validateInitContainers(errors: FieldErrors, path: string, pod: PodOfContainers): void {
  const containers = pod.spec.initContainers;
  if (!containers || containers.length === 0) return;
  const gracePeriod = pod.spec.terminationGracePeriodSeconds;
  const names = new Set((pod.spec.containers ?? []).map((container) => container.name));
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    validateCommon(errors, container, at, pod);
    validateRestartPolicy(errors, container, at, true);
    if (names.has(container.name)) errors.duplicate(`${at}.name`, container.name);
    else if (container.name) names.add(container.name);
    validateHostPorts(errors, [container], path);
    if (isSidecar(container)) {
      validateLifecycle(errors, container.lifecycle, pod.spec, `${at}.lifecycle`);
      validateProbes(errors, container, gracePeriod, at);
      return;
    }
    for (const field of sidecarsOnly)
      if (container[field])
        errors.forbidden(`${at}.${field}`, 'may not be set for init containers without restartPolicy=Always');
    if (pod.options.allowRestartContainerForInit) return;
    container.resizePolicy?.forEach((policy, j) => {
      if (policy.restartPolicy !== 'RestartContainer') return;
      errors.invalid(
        `${at}.resizePolicy[${j}].restartPolicy`,
        policy.restartPolicy,
        "must not be set to 'RestartContainer' for non-sidecar initContainers",
      );
    });
  });
}

// Fields that an ephemeral container has in its type but may not use, by upstream's names.
const notForEphemeral = [
  'ports',
  'resources',
  'resizePolicy',
  'restartPolicy',
  'restartPolicyRules',
  'livenessProbe',
  'readinessProbe',
  'startupProbe',
  'lifecycle',
] as const;

function isSet(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  return typeof value !== 'object' || Array.isArray(value) || Object.keys(value).length > 0;
}

/** Checks ephemeral containers. */
export function validateEphemeralContainers(errors: FieldErrors, path: string, pod: PodOfContainers): void {
  const containers: readonly EphemeralContainer[] | undefined = pod.spec.ephemeralContainers;
  if (!containers || containers.length === 0) return;
  const others = new Set(
    [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])].map((container) => container.name),
  );
  const names = new Set(others);
  containers.forEach((container, i) => {
    const at = `${path}[${i}]`;
    validateCommon(errors, container, at, pod);
    validateImageSpace(errors, container, at);
    if (names.has(container.name)) errors.duplicate(`${at}.name`, container.name);
    names.add(container.name);
    const target = container.targetContainerName;
    if (target && !others.has(target)) errors.notFound(`${at}.targetContainerName`, target);
    for (const field of notForEphemeral) {
      // A probe that is an empty object is set, an empty struct of resources is not.
      const value = memberAsSent(container, field);
      if (
        field === 'resources'
          ? isSet(value) || hasSentEmpty(container.resources ?? container)
          : value !== undefined && value !== null
      )
        errors.forbidden(`${at}.${field}`, 'cannot be set for an Ephemeral Container');
    }
    container.volumeMounts?.forEach((mount, j) => {
      for (const field of ['subPath', 'subPathExpr'] as const)
        if (mount[field])
          errors.forbidden(`${at}.volumeMounts[${j}].${field}`, 'cannot be set for an Ephemeral Container');
    });
  });
}

/** Pods, not templates: an image has no space around it. */
export function validateImageSpace(errors: FieldErrors, container: AnyContainer, path: string): void {
  const image = container.image ?? '';
  if (image !== image.trim())
    errors.invalid(`${path}.image`, image, 'must not have leading or trailing whitespace');
}
