// Secret: what tables cannot say. Some types ask for certain keys.
// Upstream: ValidateSecret in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Secret } from '#types/core_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { jsonSyntaxProblem } from '../../api/json-syntax.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { configMapKey, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { base64Length, maxSecretSize, validateKeptData } from '../validation/stored-data.ts';

function decode(base64: string | null): string {
  return Buffer.from(base64 ?? '', 'base64').toString();
}

/** Go's complaint about a text that is no JSON object. */
function jsonFault(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return jsonSyntaxProblem(Buffer.from(text)) ?? 'unexpected end of JSON input';
  }
  if (value === null || (typeof value === 'object' && !Array.isArray(value))) return undefined;
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}

function validateJsonKey(errors: FieldErrors, data: Record<string, string>, key: string): void {
  const value = data[key];
  if (value === undefined) {
    errors.required(`data[${key}]`);
    return;
  }
  const fault = jsonFault(decode(value));
  if (fault) errors.invalid(`data[${key}]`, '<secret contents redacted>', fault);
}

const accountAnnotation = 'kubernetes.io/service-account.name';

function validateType(errors: FieldErrors, { type, data = {}, metadata }: Secret): void {
  switch (type) {
    case 'kubernetes.io/service-account-token':
      if (!metadata.annotations?.[accountAnnotation])
        errors.required(`metadata.annotations[${accountAnnotation}]`);
      break;
    case 'kubernetes.io/dockercfg':
      validateJsonKey(errors, data, '.dockercfg');
      break;
    case 'kubernetes.io/dockerconfigjson':
      validateJsonKey(errors, data, '.dockerconfigjson');
      break;
    case 'kubernetes.io/basic-auth':
      if (data['username'] === undefined && data['password'] === undefined) {
        errors.required('data[username]');
        errors.required('data[password]');
      }
      break;
    case 'kubernetes.io/ssh-auth':
      if (!data['ssh-privatekey']) errors.required('data[ssh-privatekey]');
      break;
    case 'kubernetes.io/tls':
      for (const key of ['tls.crt', 'tls.key']) if (data[key] === undefined) errors.required(`data[${key}]`);
      break;
  }
}

function validate(errors: FieldErrors, secret: Secret): void {
  const { data = {} } = secret;
  let size = 0;
  for (const key in data) {
    errors.invalids(`data[${key}]`, key, configMapKey(key));
    size += base64Length(data[key]!);
  }
  if (size > maxSecretSize) errors.tooLong('data', maxSecretSize);
  validateType(errors, secret);
}

/** stringData is written into data, as upstream's conversion does; it is never stored. */
function mergeStringData(secret: Secret): void {
  const { stringData } = secret;
  if (!stringData) return;
  secret.data ??= {};
  for (const key in stringData) secret.data[key] = Buffer.from(stringData[key]!).toString('base64');
  delete secret.stringData;
}

function tlsWarnings({ type, data = {} }: Secret): string[] {
  if (type !== 'kubernetes.io/tls') return [];
  const certificate = decode(data['tls.crt'] ?? '');
  const key = decode(data['tls.key'] ?? '');
  if (!certificate.includes('-----BEGIN')) return ['tls: failed to find any PEM data in certificate input'];
  if (!key.includes('-----BEGIN')) return ['tls: failed to find any PEM data in key input'];
  try {
    const matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
    return matches ? [] : ['tls: private key does not match public key'];
  } catch {
    return ['tls: failed to parse private key'];
  }
}

export const secret = defineKind<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  setDefaults(secret) {
    if (!secret.type) secret.type = 'Opaque';
    mergeStringData(secret);
  },
  validateCreate(secret) {
    const errors = new FieldErrors();
    validate(errors, secret);
    return errors.list;
  },
  warningsOnCreate: tlsWarnings,
  validateUpdate(secret, old) {
    const errors = new FieldErrors();
    validateImmutable(errors, secret.type ?? '', old.type ?? '', 'type', ofNamedType(secret.type ?? ''));
    validateKeptData(errors, secret, old, ['data']);
    validate(errors, secret);
    return errors.list;
  },
  warningsOnUpdate: tlsWarnings,
  selectableFields: { type: ({ type }) => type ?? '' },
  table: {
    columns: [
      nameColumn,
      column('Type', 'string', doc('core/v1.Secret.type')),
      column('Data', 'string', doc('core/v1.Secret.data')),
      ageColumn,
    ],
    row: (secret, context) => ({
      cells: [
        nameOf(secret),
        secret.type ?? '',
        Object.keys(secret.data ?? {}).length,
        ageOf(secret, context),
      ],
    }),
  },
});
