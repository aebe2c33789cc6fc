// Environment variables of containers and where they come from.
// Upstream: ValidateEnv and ValidateEnvFrom in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { EnvFromSource, EnvVar, FileKeySelector, PodSpec } from '#types/core_v1';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateNoBacksteps } from '../validation/file-paths.ts';
import {
  configMapKey,
  dnsLabel,
  dnsSubdomain,
  relaxedEnvVarName,
  subdomainName,
} from '../validation/names.ts';
import { visitContainers } from './containers-of.ts';
import { envFields, validateFieldRef, validateResourceFieldRef } from './downward-api.ts';

function validateKeyRef(errors: FieldErrors, ref: { name?: string; key: string }, path: string): void {
  errors.invalids(`${path}.name`, ref.name ?? '', dnsSubdomain(ref.name ?? ''));
  if (!ref.key) errors.required(`${path}.key`);
  else errors.invalids(`${path}.key`, ref.key, configMapKey(ref.key));
}

function validateFileKeyRef(errors: FieldErrors, ref: FileKeySelector, path: string): void {
  if (!ref.key) errors.required(`${path}.key`);
  else errors.invalids(`${path}.key`, ref.key, relaxedEnvVarName(ref.key));
  if (!ref.volumeName) errors.required(`${path}.volumeName`);
  else errors.invalids(`${path}.volumeName`, ref.volumeName, dnsLabel(ref.volumeName));
  if (!ref.path) errors.required(`${path}.path`);
  else validateNoBacksteps(errors, ref.path, `${path}.path`);
}

function validateValueFrom(errors: FieldErrors, env: EnvVar, path: string): void {
  const from = env.valueFrom;
  if (!from) return;
  let sources = 0;
  if (from.fieldRef) {
    sources++;
    validateFieldRef(errors, from.fieldRef, envFields, `${path}.fieldRef`);
  }
  if (from.resourceFieldRef) {
    sources++;
    validateResourceFieldRef(errors, from.resourceFieldRef, `${path}.resourceFieldRef`, false);
  }
  if (from.configMapKeyRef) {
    sources++;
    validateKeyRef(errors, from.configMapKeyRef, `${path}.configMapKeyRef`);
  }
  if (from.secretKeyRef) {
    sources++;
    validateKeyRef(errors, from.secretKeyRef, `${path}.secretKeyRef`);
  }
  if (from.fileKeyRef) {
    sources++;
    validateFileKeyRef(errors, from.fileKeyRef, `${path}.fileKeyRef`);
  }
  if (sources === 0) {
    errors.invalid(
      path,
      '',
      'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`',
    );
  } else if (env.value) errors.invalid(path, '', 'may not be specified when `value` is not empty');
  else if (sources > 1) errors.invalid(path, '', 'may not have more than one field specified at a time');
}

/** Checks a container's `env`. */
export function validateEnv(errors: FieldErrors, env: readonly EnvVar[] | undefined, path: string): void {
  env?.forEach((variable, i) => {
    if (!variable.name) errors.required(`${path}[${i}].name`);
    else {
      const messages = relaxedEnvVarName(variable.name);
      if (messages.length > 0) errors.invalids(`${path}[${i}].name`, variable.name, messages);
    }
    if (variable.valueFrom) validateValueFrom(errors, variable, `${path}[${i}].valueFrom`);
  });
}

/** Checks a container's `envFrom`. */
export function validateEnvFrom(
  errors: FieldErrors,
  envFrom: readonly EnvFromSource[] | undefined,
  path: string,
): void {
  envFrom?.forEach((source, i) => {
    const at = `${path}[${i}]`;
    if (source.prefix) errors.invalids(`${at}.prefix`, source.prefix, relaxedEnvVarName(source.prefix));
    let sources = 0;
    for (const kind of ['configMapRef', 'secretRef'] as const) {
      const ref = source[kind];
      if (!ref) continue;
      sources++;
      if (!ref.name) errors.required(`${at}.${kind}.name`);
      else errors.invalids(`${at}.${kind}.name`, ref.name, subdomainName(ref.name, true));
    }
    if (sources === 0) errors.invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`');
    else if (sources > 1) errors.invalid(path, '', 'may not have more than one field specified at a time');
  });
}

/** Files that variables are read from must lie in an emptyDir. */
export function validateFileKeyVolumes(errors: FieldErrors, spec: PodSpec, path: string): void {
  visitContainers(spec, path, (container, at) => {
    container.env?.forEach((variable, i) => {
      const name = variable.valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) return;
      const volumePath = `${at()}.env[${i}].valueFrom.fileKeyRef.volumeName`;
      const volume = spec.volumes?.findLast((candidate) => candidate.name === name);
      if (!volume) errors.notFound(volumePath, name);
      else if (!volume.emptyDir)
        errors.invalid(volumePath, name, 'referenced volume must be of type emptyDir');
    });
  });
}
