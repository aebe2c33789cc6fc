// Rules of projected and downward API volumes.
// Upstream: validateProjectionSources in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeFile,
  DownwardAPIVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  SecretVolumeSource,
  ServiceAccountTokenProjection,
} from '#types/core_v1';
import { validateFieldRef, validateResourceFieldRef, volumeFields } from '../pod-spec/downward-api.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateFileMode, validateLocalPath } from '../validation/file-paths.ts';
import { validatePodCertificateSource, validateTrustBundleSource } from './certificate-sources.ts';

function validateKeyToPath(errors: FieldErrors, item: KeyToPath, path: string): void {
  if (!item.key) errors.required(`${path}.key`);
  if (!item.path) errors.required(`${path}.path`);
  validateLocalPath(errors, item.path, `${path}.path`);
  validateFileMode(errors, item.mode, `${path}.mode`);
}

function validateItems(errors: FieldErrors, items: readonly KeyToPath[] | undefined, path: string): void {
  items?.forEach((item, i) => {
    validateKeyToPath(errors, item, `${path}.items[${i}]`);
  });
}

export function secret(errors: FieldErrors, source: SecretVolumeSource, path: string): void {
  if (!source.secretName) errors.required(`${path}.secretName`);
  validateFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  validateItems(errors, source.items, path);
}

export function configMap(errors: FieldErrors, source: ConfigMapVolumeSource, path: string): void {
  if (!source.name) errors.required(`${path}.name`);
  validateFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  validateItems(errors, source.items, path);
}

function validateDownwardFile(errors: FieldErrors, file: DownwardAPIVolumeFile, path: string): void {
  if (!file.path) errors.required(`${path}.path`);
  validateLocalPath(errors, file.path, `${path}.path`);
  if (file.fieldRef) {
    validateFieldRef(errors, file.fieldRef, volumeFields, `${path}.fieldRef`);
    if (file.resourceFieldRef)
      errors.invalid(path, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously');
  } else if (file.resourceFieldRef) {
    validateResourceFieldRef(errors, file.resourceFieldRef, `${path}.resourceFieldRef`, true);
  } else errors.required(path, 'one of fieldRef and resourceFieldRef is required');
  validateFileMode(errors, file.mode, `${path}.mode`);
}

export function downwardAPI(errors: FieldErrors, source: DownwardAPIVolumeSource, path: string): void {
  validateFileMode(errors, source.defaultMode, `${path}.defaultMode`);
  for (const file of source.items ?? []) validateDownwardFile(errors, file, path);
}

function validateToken(
  errors: FieldErrors,
  token: ServiceAccountTokenProjection,
  path: string,
  volumePath: string,
  allowNonLocalPath: boolean,
): void {
  const seconds = token.expirationSeconds ?? 0;
  if (seconds < 600)
    errors.invalid(`${path}.expirationSeconds`, seconds, 'may not specify a duration less than 10 minutes');
  if (seconds > 2 ** 32)
    errors.invalid(
      `${path}.expirationSeconds`,
      seconds,
      'may not specify a duration larger than 2^32 seconds',
    );
  // Upstream reports the path at the volume, not at the source.
  if (!token.path) errors.required(`${volumePath}.path`);
  else if (!allowNonLocalPath) validateLocalPath(errors, token.path, `${volumePath}.path`);
}

/** Checks a projected volume. */
export function validateProjected(
  errors: FieldErrors,
  volume: ProjectedVolumeSource,
  path: string,
  allowNonLocalTokenPath: boolean,
): void {
  validateFileMode(errors, volume.defaultMode, `${path}.defaultMode`);
  const paths = new Set<string>();
  const claim = (target: string, shown = target): void => {
    if (paths.has(target)) errors.invalid(path, shown, 'conflicting duplicate paths');
    paths.add(target);
  };
  volume.sources?.forEach((source, i) => {
    const at = `${path}.sources[${i}]`;
    let sources = 0;
    for (const kind of ['secret', 'configMap'] as const) {
      const projection = source[kind];
      if (!projection) continue;
      sources++;
      if (!projection.name) errors.required(`${at}.${kind}.name`);
      projection.items?.forEach((item, j) => {
        validateKeyToPath(errors, item, `${at}.${kind}.items[${j}]`);
        if (item.path) claim(item.path, projection.name ?? '');
      });
    }
    if (source.downwardAPI) {
      sources++;
      for (const file of source.downwardAPI.items ?? []) {
        validateDownwardFile(errors, file, `${at}.downwardAPI`);
        if (file.path) claim(file.path);
      }
    }
    if (source.serviceAccountToken) {
      sources++;
      validateToken(
        errors,
        source.serviceAccountToken,
        `${at}.serviceAccountToken`,
        path,
        allowNonLocalTokenPath,
      );
    }
    if (source.clusterTrustBundle) {
      sources++;
      validateTrustBundleSource(errors, source.clusterTrustBundle, `${at}.clusterTrustBundle`, claim);
    }
    if (source.podCertificate) {
      sources++;
      validatePodCertificateSource(errors, source.podCertificate, `${at}.podCertificate`, claim);
    }
    if (sources > 1) errors.forbidden(at, 'may not specify more than 1 volume type per source');
  });
}
