// The variables of a container, and its command line with them put in.
// Upstream: makeEnvironmentVariables in k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go.
import type { EnvVar, ObjectFieldSelector, Pod, ResourceFieldSelector } from '#types/core_v1';
import { parseQuantity } from '../api/quantity.ts';
import type { AnyContainer } from '../kinds/pod-spec/containers-of.ts';
import { ConfigError, type ConfigSource, type Variable } from './config-source.ts';

/** Where a container runs: what downward variables tell. */
export interface Place {
  readonly hostIP: string;
  readonly podIPs: readonly string[];
  readonly allocatable: Readonly<Record<string, string>>;
}

/** Puts variables in for `$(NAME)`; `$$(NAME)` stays as `$(NAME)`, unknown names stay as they are. */
export function expandVariables(text: string, value: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^()]*)\)/g, (all, name?: string) =>
    name === undefined ? '$' : (value(name) ?? all),
  );
}

function fieldValue({ fieldPath }: ObjectFieldSelector, pod: Pod, place: Place): string {
  const { metadata, spec } = pod;
  const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(fieldPath);
  if (keyed) return metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
    case 'metadata.namespace':
    case 'metadata.uid':
      return metadata[fieldPath.slice(9) as 'name' | 'namespace' | 'uid'] ?? '';
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return place.hostIP;
    case 'status.podIP':
      return place.podIPs[0] ?? '';
    case 'status.podIPs':
      return place.podIPs.join(',');
    default:
      throw new ConfigError(`unsupported fieldPath: ${fieldPath}`);
  }
}

function resourceValue(
  { resource, divisor, containerName }: ResourceFieldSelector,
  pod: Pod,
  container: AnyContainer,
  place: Place,
): string {
  const named = containerName ? pod.spec.containers?.find((c) => c.name === containerName) : container;
  const [list, name = ''] = resource.split(/\.(.*)/s) as ['limits' | 'requests', string];
  const fallback = list === 'limits' ? place.allocatable[name] : '0';
  const quantity = parseQuantity(named?.resources?.[list]?.[name] ?? fallback ?? '0');
  const by = parseQuantity(divisor && divisor !== '0' ? divisor : '1');
  return String(Math.ceil(quantity.toNumber() / by.toNumber()));
}

/** The value of one variable; undefined: it is left out. */
function variableValue(
  variable: EnvVar,
  pod: Pod,
  container: AnyContainer,
  config: ConfigSource,
  place: Place,
  known: (name: string) => string | undefined,
): string | undefined {
  if (variable.value) return expandVariables(variable.value, known);
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = variable.valueFrom ?? {};
  const namespace = pod.metadata.namespace ?? '';
  if (fieldRef) return fieldValue(fieldRef, pod, place);
  if (resourceFieldRef) return resourceValue(resourceFieldRef, pod, container, place);
  if (configMapKeyRef) {
    const { name = '', key, optional } = configMapKeyRef;
    const found = config.configMap(namespace, name, optional)?.data?.[key];
    if (found === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in ConfigMap ${namespace}/${name}`);
    return found;
  }
  if (secretKeyRef) {
    const { name = '', key, optional } = secretKeyRef;
    const found = config.secret(namespace, name, optional)?.data?.[key];
    if (found === undefined && !optional)
      throw new ConfigError(`couldn't find key ${key} in Secret ${namespace}/${name}`);
    return found === undefined ? undefined : Buffer.from(found, 'base64').toString('utf8');
  }
  return '';
}

/** The variables of a container, those it names after those it takes over. Throws a ConfigError. */
export function containerEnvironment(
  pod: Pod,
  container: AnyContainer,
  config: ConfigSource,
  place: Place,
): Variable[] {
  const namespace = pod.metadata.namespace ?? '';
  const values = new Map<string, string>();
  for (const { prefix = '', configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef) {
      const { name = '', optional } = configMapRef;
      for (const [key, value] of Object.entries(config.configMap(namespace, name, optional)?.data ?? {}))
        values.set(prefix + key, value);
    }
    if (secretRef) {
      const { name = '', optional } = secretRef;
      for (const [key, value] of Object.entries(config.secret(namespace, name, optional)?.data ?? {}))
        values.set(prefix + key, Buffer.from(value, 'base64').toString('utf8'));
    }
  }
  const links = config.serviceVariables(namespace, pod.spec.enableServiceLinks !== false);
  const known = (name: string): string | undefined =>
    values.get(name) ?? links.find((v) => v.name === name)?.value;
  for (const variable of container.env ?? []) {
    const value = variableValue(variable, pod, container, config, place, known);
    if (value !== undefined) values.set(variable.name, value);
  }
  const own = [...values].map(([name, value]) => ({ name, value }));
  return [...own, ...links.filter(({ name }) => !values.has(name))];
}

/** A command line with variables put in; undefined when there is none. */
export function expandCommand(
  words: readonly string[] | null | undefined,
  env: readonly Variable[],
): string[] | undefined {
  if (!words?.length) return undefined;
  return words.map((word) =>
    word.includes('$') ? expandVariables(word, (name) => env.find((v) => v.name === name)?.value) : word,
  );
}
