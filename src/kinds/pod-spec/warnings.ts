// Warnings for pod specs that are accepted but probably not meant.
// Upstream: warningsForPodSpecAndMeta in k8s.io/kubernetes/pkg/api/pod/warnings.go.
import type { NodeSelectorTerm, Pod, PodAffinity, PodSpec, PodTemplateSpec } from '#types/core_v1';
import type { ObjectMeta } from '#types/meta_v1';
import { goQuote } from '../../api/go-text.ts';
import { parseQuantity } from '../../api/quantity.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ipWarnings } from '../validation/addresses.ts';
import { labelValue } from '../validation/names.ts';
import { claimSpecWarnings } from '../volumes/claim-spec.ts';
import {
  appArmorOfAnnotation,
  appArmorPrefix,
  seccompContainerPrefix,
  seccompPodAnnotation,
} from './annotations.ts';
import { visitContainers } from './containers-of.ts';
import { deprecatedNodeLabel } from './deprecated-labels.ts';
import { pathOverlapWarnings } from './path-overlaps.ts';
import { portWarnings } from './port-warnings.ts';

const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
const soft = 'preferredDuringSchedulingIgnoredDuringExecution';

const deprecatedAnnotations: readonly (readonly [string, string])[] = [
  [
    'scheduler.alpha.kubernetes.io/critical-pod',
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  ],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  [
    'security.alpha.kubernetes.io/unsafe-sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
];

const deprecatedVolumes: readonly (readonly [string, string, string?])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['ephemeral', ''],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** Warnings of a node selector term; `checkValues` where bad values are accepted. */
export function nodeSelectorTermWarnings(
  term: NodeSelectorTerm,
  checkValues: boolean,
  path: string,
): string[] {
  const warnings: string[] = [];
  term.matchExpressions?.forEach(({ key, values }, i) => {
    const at = `${path}.matchExpressions[${i}]`;
    const message = deprecatedNodeLabel(key);
    if (message) warnings.push(`${at}.key: ${key} is ${message}`);
    if (!checkValues) return;
    values?.forEach((value, j) => {
      for (const fault of labelValue(value))
        warnings.push(`${at}.values[${j}]: ${value} is invalid, ${fault}`);
    });
  });
  return warnings;
}

function placementWarnings(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  for (const key in spec.nodeSelector) {
    const message = deprecatedNodeLabel(key);
    if (message) warnings.push(`${path}.nodeSelector[${key}]: ${message}`);
  }
  const nodeAffinity = spec.affinity?.nodeAffinity;
  const affinityPath = `${path}.affinity.nodeAffinity`;
  nodeAffinity?.[hard]?.nodeSelectorTerms?.forEach((term, i) => {
    warnings.push(
      ...nodeSelectorTermWarnings(term, false, `${affinityPath}.${hard}.nodeSelectorTerms[${i}]`),
    );
  });
  nodeAffinity?.[soft]?.forEach(({ preference }, i) => {
    warnings.push(...nodeSelectorTermWarnings(preference, true, `${affinityPath}.${soft}[${i}].preference`));
  });
  spec.topologySpreadConstraints?.forEach(({ topologyKey, labelSelector }, i) => {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    const message = deprecatedNodeLabel(topologyKey);
    if (message) warnings.push(`${at}.topologyKey: ${topologyKey} is ${message}`);
    if (!labelSelector) warnings.push(`${at}.labelSelector: a null labelSelector results in matching no pod`);
  });
  return warnings;
}

function volumeWarnings(spec: PodSpec, path: string): string[] {
  const warnings: string[] = [];
  spec.volumes?.forEach((volume, i) => {
    const at = `${path}.volumes[${i}]`;
    for (const [field, message, shown = field] of deprecatedVolumes) {
      if (volume[field as keyof typeof volume] === undefined) continue;
      const template = volume.ephemeral?.volumeClaimTemplate;
      if (field !== 'ephemeral') warnings.push(`${at}.${shown}: ${message}`);
      else if (template)
        warnings.push(...claimSpecWarnings(template.spec, `${at}.ephemeral.volumeClaimTemplate.spec`));
    }
  });
  return [...warnings, ...pathOverlapWarnings(spec.volumes ?? [])];
}

function duplicates<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  text: (i: number) => string,
): string[] {
  const seen = new Set<string>();
  const warnings: string[] = [];
  items.forEach((item, i) => {
    if (seen.has(keyOf(item))) warnings.push(`${text(i)} ${goQuote(keyOf(item))}`);
    seen.add(keyOf(item));
  });
  return warnings;
}

function listWarnings(spec: PodSpec, path: string): string[] {
  const secrets = spec.imagePullSecrets ?? [];
  const nameless = secrets.flatMap(({ name }, i) =>
    name ? [] : [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`],
  );
  return [
    ...duplicates(
      spec.hostAliases ?? [],
      ({ ip }) => ip,
      (i) => `${path}.hostAliases[${i}].ip: duplicate ip`,
    ),
    ...duplicates(
      secrets,
      ({ name }) => name ?? '',
      (i) => `${path}.imagePullSecrets[${i}].name: duplicate name`,
    ),
    ...nameless,
  ];
}

function fractionalWarnings(list: Readonly<Record<string, string>> | undefined, path: string): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) => {
    const value = list?.[name];
    if (value === undefined || parseQuantity(value).milliValue() % 1000 === 0) return [];
    return [`${path}[${name}]: fractional byte value ${goQuote(value)} is invalid, must be an integer`];
  });
}

function containerWarnings(
  spec: PodSpec,
  meta: ObjectMeta,
  path: string,
  prefix: string,
  template: boolean,
): string[] {
  const warnings: string[] = [];
  const { annotations = {} } = meta;
  const old = (key: string, text: string): void => {
    warnings.push(`${prefix}metadata.annotations[${key}]: ${text}`);
  };
  const ofPod = spec.securityContext?.appArmorProfile;
  visitContainers(spec, path, (container, at) => {
    const { seccompProfile, appArmorProfile } = container.securityContext ?? {};
    const seccomp = seccompContainerPrefix + container.name;
    if (!seccompProfile && annotations[seccomp] !== undefined)
      old(seccomp, 'non-functional in v1.27+; use the "seccompProfile" field instead');
    const armor = appArmorPrefix + container.name;
    const annotation = annotations[armor];
    if (template && !appArmorProfile && annotation !== undefined) {
      if (!ofPod || !semanticEqual(ofPod, appArmorOfAnnotation(annotation)))
        old(armor, 'deprecated since v1.30; use the "appArmorProfile" field instead');
    }
    const { limits, requests } = container.resources ?? {};
    if (limits || requests) {
      const memory = (list: typeof limits, name: string): string[] =>
        fractionalWarnings(list, `${at()}.resources.${name}`);
      const all = [...memory(limits, 'limits'), ...memory(requests, 'requests')];
      // Memory of both lists first, as upstream.
      const isMemory = (warning: string): boolean => warning.includes('[memory]');
      warnings.push(...all.filter(isMemory), ...all.filter((warning) => !isMemory(warning)));
    }
    const env = container.env ?? [];
    if (env.length < 2) return;
    const seen = new Set<string>();
    env.forEach(({ name, value = '', valueFrom }, i) => {
      const ref = `$(${name})`;
      if (seen.has(name) && (valueFrom || value === ref || !value.includes(ref)))
        warnings.push(
          `${at()}.env[${i}]: hides previous definition of ${goQuote(name)}, which may be dropped when using apply`,
        );
      seen.add(name);
    });
  });
  return warnings;
}

function affinityWarnings(affinity: PodAffinity | undefined, path: string): string[] {
  const text = 'a null labelSelector results in matching no pod';
  const required = (affinity?.[hard] ?? []).flatMap(({ labelSelector }, i) =>
    labelSelector ? [] : [`${path}.${hard}[${i}].labelSelector: ${text}`],
  );
  const preferred = (affinity?.[soft] ?? []).flatMap(({ podAffinityTerm }, i) =>
    podAffinityTerm.labelSelector ? [] : [`${path}.${soft}[${i}].podAffinityTerm.labelSelector: ${text}`],
  );
  return [...required, ...preferred];
}

function warningsOf(spec: PodSpec, meta: ObjectMeta, root: string): string[] {
  const prefix = root === '' ? '' : `${root}.`;
  const path = `${prefix}spec`;
  const warnings = placementWarnings(spec, path);
  if (meta.annotations) {
    for (const [key, message] of deprecatedAnnotations)
      if (meta.annotations[key] !== undefined)
        warnings.push(`${prefix}metadata.annotations[${key}]: ${message}`);
  }
  warnings.push(...volumeWarnings(spec, path), ...listWarnings(spec, path));
  warnings.push(...fractionalWarnings(spec.overhead, `${path}.overhead`));
  if (!spec.securityContext?.seccompProfile && meta.annotations?.[seccompPodAnnotation] !== undefined) {
    warnings.push(
      `${prefix}metadata.annotations[${seccompPodAnnotation}]: non-functional in v1.27+; use the "seccompProfile" field instead`,
    );
  }
  warnings.push(...containerWarnings(spec, meta, path, prefix, root !== ''), ...portWarnings(spec, path));
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    warnings.push(
      `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
    );
  }
  warnings.push(...affinityWarnings(spec.affinity?.podAffinity, `${path}.affinity.podAffinity`));
  warnings.push(...affinityWarnings(spec.affinity?.podAntiAffinity, `${path}.affinity.podAntiAffinity`));
  spec.dnsConfig?.nameservers?.forEach((server, i) => {
    warnings.push(...ipWarnings(`${path}.dnsConfig.nameservers[${i}]`, server));
  });
  spec.hostAliases?.forEach(({ ip }, i) => {
    warnings.push(...ipWarnings(`${path}.hostAliases[${i}].ip`, ip));
  });
  return warnings;
}

/** Warnings for a pod. */
export function podWarnings(pod: Pod): string[] {
  return warningsOf(pod.spec, pod.metadata, '');
}

/** Warnings for a workload's template at `path`. */
export function podTemplateWarnings(template: PodTemplateSpec | null | undefined, path: string): string[] {
  return template?.spec ? warningsOf(template.spec, template.metadata ?? {}, path) : [];
}
