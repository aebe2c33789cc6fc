// Whether the volumes of a pod could be mounted: what they refer to has to be there. Nothing is mounted yet.
// Upstream: SetUpAt of k8s.io/kubernetes/pkg/volume/{configmap,secret,projected}.
import type { ConfigMapVolumeSource, KeyToPath, Pod, SecretVolumeSource, Volume } from '#types/core_v1';
import { ConfigError, type ConfigSource } from './config-source.ts';

function requireKeys(
  items: readonly KeyToPath[] | null | undefined,
  data: object | undefined,
  isOptional: boolean | undefined,
  text: string,
): void {
  if (isOptional) return;
  for (const { key } of items ?? [])
    if (!Object.hasOwn(data ?? {}, key)) throw new ConfigError(`${text}: ${key}`);
}

function requireConfigMap(
  config: ConfigSource,
  namespace: string,
  { name = '', optional, items }: Pick<ConfigMapVolumeSource, 'name' | 'optional' | 'items'>,
): void {
  const found = config.configMap(namespace, name, optional);
  requireKeys(
    items,
    { ...found?.data, ...found?.binaryData },
    optional,
    'configmap references non-existent config key',
  );
}

function requireSecret(
  config: ConfigSource,
  namespace: string,
  { secretName = '', optional, items }: Pick<SecretVolumeSource, 'secretName' | 'optional' | 'items'>,
): void {
  const found = config.secret(namespace, secretName, optional);
  requireKeys(items, found?.data, optional, 'references non-existent secret key');
}

function requireVolume(volume: Volume, namespace: string, config: ConfigSource): void {
  if (volume.configMap) requireConfigMap(config, namespace, volume.configMap);
  if (volume.secret) requireSecret(config, namespace, volume.secret);
  for (const { configMap, secret } of volume.projected?.sources ?? []) {
    if (configMap) requireConfigMap(config, namespace, configMap);
    if (secret) requireSecret(config, namespace, { ...secret, secretName: secret.name });
  }
}

/** The texts of what keeps the pod's volumes from being mounted. */
export function volumeProblems(pod: Pod, config: ConfigSource): string[] {
  const problems: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    try {
      requireVolume(volume, pod.metadata.namespace ?? '', config);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      problems.push(`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${error.message}`);
    }
  }
  return problems;
}
