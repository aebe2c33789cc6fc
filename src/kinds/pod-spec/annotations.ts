// Annotations that mean something to pods: mirror pods, tolerations of old, deletion cost, seccomp and AppArmor profiles.
// Upstream: ValidatePodSpecificAnnotations in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { AppArmorProfile, PodSpec, SeccompProfile, Toleration } from '#types/core_v1';
import type { ObjectMeta } from '#types/meta_v1';
import { goQuote } from '../../api/go-text.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateDescendingPath } from '../validation/file-paths.ts';
import { someContainer, visitContainers } from './containers-of.ts';
import { deletionCostAnnotation, isBadDeletionCost } from './deletion-cost.ts';
import type { PodSpecOptions } from './options.ts';
import { validateTolerations } from './scheduling.ts';

type Annotations = Readonly<Record<string, string>> | undefined;

/** Marks the API's image of a pod that a kubelet runs by itself. */
export const mirrorAnnotation = 'kubernetes.io/config.mirror';
const tolerationsAnnotation = 'scheduler.alpha.kubernetes.io/tolerations';
export const seccompPodAnnotation = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompContainerPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';

function validateSeccompValue(errors: FieldErrors, profile: string, path: string): void {
  if (profile === 'runtime/default' || profile === 'docker/default' || profile === 'unconfined') return;
  if (profile.startsWith('localhost/'))
    validateDescendingPath(errors, profile.slice('localhost/'.length), path);
  else errors.invalid(path, profile, 'must be a valid seccomp profile');
}

function validateAppArmorValue(
  errors: FieldErrors,
  key: string,
  profile: string,
  spec: PodSpec,
  path: string,
): void {
  const name = key.slice(appArmorPrefix.length);
  if (!someContainer(spec, (container) => container.name === name))
    errors.invalid(`${path}[${key}]`, name, 'container not found');
  const good = ['', 'runtime/default', 'unconfined'].includes(profile) || profile.startsWith('localhost/');
  if (!good) errors.invalid(`${path}[${key}]`, profile, `invalid AppArmor profile name: ${goQuote(profile)}`);
}

function validateTolerationsAnnotation(errors: FieldErrors, text: string, path: string): void {
  let tolerations: unknown;
  try {
    tolerations = JSON.parse(text);
  } catch (error) {
    errors.invalid(path, tolerationsAnnotation, (error as Error).message);
    return;
  }
  if (Array.isArray(tolerations))
    validateTolerations(errors, tolerations as Toleration[], `${path}.${tolerationsAnnotation}`);
}

/** Checks the annotations that mean something to a pod. */
export function validatePodAnnotations(
  errors: FieldErrors,
  annotations: Annotations,
  spec: PodSpec,
  path: string,
  options: PodSpecOptions,
): void {
  if (!annotations) return;
  const mirror = annotations[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName)
    errors.invalid(
      `${path}[${mirrorAnnotation}]`,
      mirror,
      'must set spec.nodeName if mirror pod annotation is set',
    );
  const tolerations = annotations[tolerationsAnnotation];
  if (tolerations) validateTolerationsAnnotation(errors, tolerations, path);
  if (!options.allowInvalidDeletionCost && isBadDeletionCost(annotations)) {
    errors.invalid(
      `${path}[${deletionCostAnnotation}]`,
      annotations[deletionCostAnnotation],
      'must be a 32bit integer',
    );
  }
  const seccomp = annotations[seccompPodAnnotation];
  if (seccomp !== undefined) validateSeccompValue(errors, seccomp, `${path}.${seccompPodAnnotation}`);
  for (const key in annotations)
    if (key.startsWith(seccompContainerPrefix))
      validateSeccompValue(errors, annotations[key]!, `${path}.${key}`);
  for (const key in annotations)
    if (key.startsWith(appArmorPrefix)) validateAppArmorValue(errors, key, annotations[key]!, spec, path);
}

/** What an update may do to them. */
export function validatePodAnnotationUpdate(
  errors: FieldErrors,
  annotations: Annotations,
  old: Annotations,
  path: string,
): void {
  for (const key in old) {
    if (annotations?.[key] === old[key]) continue;
    if (key.startsWith(appArmorPrefix))
      errors.forbidden(`${path}[${key}]`, 'may not remove or update AppArmor annotations');
    if (key === mirrorAnnotation)
      errors.forbidden(`${path}[${key}]`, 'may not remove or update mirror pod annotation');
  }
  for (const key in annotations) {
    if (old && key in old) continue;
    if (key.startsWith(appArmorPrefix))
      errors.forbidden(`${path}[${key}]`, 'may not add AppArmor annotations');
    if (key === mirrorAnnotation) errors.forbidden(`${path}[${key}]`, 'may not add mirror pod annotation');
  }
}

type Profile = SeccompProfile | AppArmorProfile;

function validateMatch(
  errors: FieldErrors,
  what: 'seccomp' | 'apparmor',
  annotation: string,
  profile: Profile,
  path: string,
): void {
  const differs = (): void =>
    errors.forbidden(`${path}.type`, `${what} type in annotation and field must match`);
  if (profile.type === 'Unconfined') {
    if (annotation !== 'unconfined') differs();
  } else if (profile.type === 'RuntimeDefault') {
    const same = annotation === 'runtime/default' || (what === 'seccomp' && annotation === 'docker/default');
    if (!same) differs();
  } else if (profile.type === 'Localhost') {
    if (!annotation.startsWith('localhost/')) differs();
    else if (annotation.slice('localhost/'.length) !== profile.localhostProfile)
      errors.forbidden(`${path}.localhostProfile`, `${what} profile in annotation and field must match`);
  }
}

/** On create, a profile in an annotation and the one in the field must be the same. */
export function validateProfilesMatch(
  errors: FieldErrors,
  meta: ObjectMeta,
  spec: PodSpec,
  path: string,
): void {
  const { annotations } = meta;
  if (!annotations) return;
  const ofPod = annotations[seccompPodAnnotation];
  if (ofPod !== undefined && spec.securityContext?.seccompProfile) {
    const at = `${path}.securityContext.seccompProfile`;
    validateMatch(errors, 'seccomp', ofPod, spec.securityContext.seccompProfile, at);
  }
  visitContainers(spec, path, (container, at) => {
    const annotation = annotations[seccompContainerPrefix + container.name];
    const profile = container.securityContext?.seccompProfile;
    if (annotation !== undefined && profile)
      validateMatch(errors, 'seccomp', annotation, profile, `${at()}.securityContext.seccompProfile`);
  });
  if (spec.os?.name === 'windows') return;
  visitContainers(spec, path, (container, at) => {
    const annotation = annotations[appArmorPrefix + container.name];
    const profile = container.securityContext?.appArmorProfile ?? spec.securityContext?.appArmorProfile;
    if (annotation !== undefined && profile)
      validateMatch(errors, 'apparmor', annotation, profile, `${at()}.securityContext.appArmorProfile`);
  });
}

/** The AppArmor profile that an annotation names. */
export function appArmorOfAnnotation(annotation: string): AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  const localhostProfile = annotation.startsWith('localhost/') ? annotation.slice('localhost/'.length) : '';
  return localhostProfile === '' ? undefined : { type: 'Localhost', localhostProfile };
}
