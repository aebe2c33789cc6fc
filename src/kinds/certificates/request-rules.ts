// The rules of CertificateSigningRequests.
// Upstream: k8s.io/kubernetes/pkg/apis/certificates/validation/validation.go and ValidateSignerName in
// pkg/apis/core/validation/names.go.
import type {
  CertificateSigningRequest,
  CertificateSigningRequestCondition,
} from '#types/certificates.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import { diffText } from '../diff-text.ts';
import { semanticEqual } from '../semantic-equal.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain, longerThan } from '../validation/names.ts';
import { certificateFault, requestFault } from './request-pem.ts';

const usages = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];
const legacySigner = 'kubernetes.io/legacy-unknown';
const finalTypes = ['Approved', 'Denied', 'Failed'];
const statuses = ['False', 'True', 'Unknown'];
const conditionsPath = 'status.conditions';

/** `example.com/signer-name`. */
export function validateSignerName(errors: FieldErrors, name: string, path: string): void {
  if (name === '') {
    errors.required(path);
    return;
  }
  const [domain = '', rest = '', ...more] = name.split('/');
  if (!name.includes('/') || more.length > 0) {
    errors.invalid(
      path,
      name,
      "must be a fully qualified domain and path of the form 'example.com/signer-name'",
    );
    return;
  }
  // Only the first bad label is reported.
  const check = (part: string, rule: (label: string) => string[]): void => {
    const bad = part.split('.').find((label) => rule(label).length > 0);
    if (bad === undefined) return;
    const faults = rule(bad).map((fault) => `validating label ${goQuote(bad)}: ${fault}`);
    errors.invalids(path, part, faults);
  };
  if (longerThan(domain, 253)) errors.tooLong(path, 253);
  check(domain, dnsLabel);
  if (!domain.includes('.'))
    errors.invalid(path, domain, 'should be a domain with at least two segments separated by dots');
  check(rest, dnsSubdomain);
  if (longerThan(name, 571)) errors.tooLong(path, 571);
}

function conditionsOf(
  request: CertificateSigningRequest,
  type: string,
): CertificateSigningRequestCondition[] {
  return (request.status.conditions ?? []).filter((condition) => condition.type === type);
}

function hasBoth(request: CertificateSigningRequest): boolean {
  return conditionsOf(request, 'Approved').length > 0 && conditionsOf(request, 'Denied').length > 0;
}

function hasDuplicates(values: readonly string[]): boolean {
  return new Set(values).size < values.length;
}

function typesOf({ status }: CertificateSigningRequest): string[] {
  return (status.conditions ?? []).map(({ type }) => type);
}

function validateUsages(
  errors: FieldErrors,
  { spec }: CertificateSigningRequest,
  old: CertificateSigningRequest | undefined,
): void {
  const list = spec.usages ?? [];
  const before = old?.spec.usages ?? [];
  if (list.length === 0) errors.required('spec.usages');
  if (!before.some((usage) => !usages.includes(usage)))
    list.forEach((usage, i) => {
      if (!usages.includes(usage)) errors.notSupported(`spec.usages[${i}]`, usage, usages);
    });
  if (hasDuplicates(before)) return;
  list.forEach((usage, i) => {
    if (list.indexOf(usage) < i) errors.duplicate(`spec.usages[${i}]`, usage);
  });
}

function validateConditions(
  errors: FieldErrors,
  request: CertificateSigningRequest,
  old: CertificateSigningRequest | undefined,
): void {
  const seen = new Set<string>();
  const keepsBoth = old !== undefined && hasBoth(old);
  const keepsDuplicates = old !== undefined && hasDuplicates(typesOf(old));
  const keepsEmpty = old !== undefined && typesOf(old).includes('');
  request.status.conditions?.forEach(({ type, status }, i) => {
    const at = `${conditionsPath}[${i}]`;
    if (!keepsEmpty && type === '') errors.required(`${at}.type`);
    const allowed = finalTypes.includes(type) ? ['True'] : statuses;
    if (!status) errors.required(`${at}.status`);
    else if (!allowed.includes(status)) errors.notSupported(`${at}.status`, status, allowed);
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined;
    if (!keepsBoth && opposite && seen.has(opposite))
      errors.invalid(conditionsPath, type, 'Approved and Denied conditions are mutually exclusive');
    if (!keepsDuplicates && seen.has(type)) errors.duplicate(`${at}.type`, type);
    seen.add(type);
  });
}

/** The rules of create and update. */
export function validateRequest(
  errors: FieldErrors,
  request: CertificateSigningRequest,
  old?: CertificateSigningRequest,
): void {
  const { spec, status } = request;
  const fault = requestFault(spec.request);
  if (fault) errors.invalid('spec.request', spec.request, fault);
  validateUsages(errors, request, old);
  if (spec.signerName === legacySigner && old?.spec.signerName !== legacySigner)
    errors.invalid(
      'spec.signerName',
      spec.signerName,
      'the legacy signerName is not allowed via this API version',
    );
  else validateSignerName(errors, spec.signerName, 'spec.signerName');
  if (spec.expirationSeconds !== undefined && spec.expirationSeconds < 600)
    errors.invalid(
      'spec.expirationSeconds',
      spec.expirationSeconds,
      'may not specify a duration less than 600 seconds (10 minutes)',
    );
  validateConditions(errors, request, old);
  if (old !== undefined && certificateFault(old.status.certificate)) return;
  const certificate = certificateFault(status.certificate);
  if (certificate) errors.invalid('status.certificate', '<certificate data>', certificate);
}

/** What each path may change. */
export interface RequestUpdate {
  readonly approval?: boolean;
  readonly certificate?: boolean;
}

/** The rules of all updates. */
export function validateRequestUpdate(
  errors: FieldErrors,
  request: CertificateSigningRequest,
  old: CertificateSigningRequest,
  may: RequestUpdate,
): void {
  validateRequest(errors, request, old);
  for (const type of finalTypes)
    if (conditionsOf(request, type).length < conditionsOf(old, type).length)
      errors.forbidden(conditionsPath, `updates may not remove a condition of type ${goQuote(type)}`);
  for (const type of may.approval ? [] : ['Approved', 'Denied']) {
    const before = conditionsOf(old, type);
    const now = conditionsOf(request, type);
    if (now.length > before.length)
      errors.forbidden(conditionsPath, `updates may not add a condition of type ${goQuote(type)}`);
    else if (now.length === before.length && !semanticEqual(before, now))
      errors.forbidden(
        conditionsPath,
        `updates may not modify a condition of type ${goQuote(type)}\n${diffText(before, now)}`,
      );
  }
  const before = old.status.certificate ?? '';
  if ((request.status.certificate ?? '') === before) return;
  if (!may.certificate) errors.forbidden('status.certificate', 'updates may not set certificate content');
  else if (before !== '')
    errors.forbidden('status.certificate', 'updates may not modify existing certificate content');
}
