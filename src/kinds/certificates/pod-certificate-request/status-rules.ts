// How the status of a PodCertificateRequest may change: once, to issued, denied or failed.
// Upstream: ValidatePodCertificateRequestStatusUpdate in k8s.io/kubernetes/pkg/apis/certificates/validation/validation.go.
import type { X509Certificate } from 'node:crypto';
import type { PodCertificateRequest, PodCertificateRequestStatus } from '#types/certificates.k8s.io_v1beta1';
import { ofPlainType } from '../../../api/field-error.ts';
import { parseTime } from '../../../api/time.ts';
import { semanticEqual } from '../../semantic-equal.ts';
import { validateConditions } from '../../validation/conditions.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { longerThan } from '../../validation/names.ts';
import { certificateOf, type PemBlock, pemBlocks } from '../pem-blocks.ts';
import { alternativeNames, isMailAddress } from './alternative-names.ts';
import { requestedKey } from './spec-rules.ts';

const finalTypes = ['Issued', 'Denied', 'Failed'];
const chainPath = 'status.certificateChain';
const longestChain = 100 * 1024;
const minute = 60_000;
const hour = 60 * minute;

function isTrue({ status }: PodCertificateRequest, type: string): boolean {
  return (status?.conditions ?? []).some((c) => c.type === type && c.status === 'True');
}

function validateTypes(errors: FieldErrors, status: PodCertificateRequestStatus): void {
  let final = 0;
  status.conditions?.forEach(({ type, status: value }, i) => {
    // upstream writes the index as a field
    const at = `status.conditions.[${i}]`;
    if (!finalTypes.includes(type)) {
      errors.notSupported(`${at}.type`, ofPlainType(type), finalTypes);
      return;
    }
    final++;
    if (final > 1)
      errors.invalid(
        `${at}.type`,
        type,
        'There may be at most one condition with type "Issued", "Denied", or "Failed"',
      );
    if (value !== 'True') errors.notSupported(`${at}.status`, value, ['True']);
  });
  validateConditions(errors, status.conditions, 'status.conditions');
}

function unchanged(errors: FieldErrors, status: unknown, wanted: unknown, detail: string): void {
  if (!semanticEqual(status, wanted)) errors.wrong('status', detail);
}

/** The leaf of the chain; what is wrong with it is told. */
function validateLeaf(errors: FieldErrors, chain: string, leaf: PemBlock | undefined) {
  const wrong = (detail: string): undefined => {
    errors.invalid(chainPath, chain, detail);
  };
  if (!leaf) return wrong('issued certificate chain must contain at least one certificate');
  if (leaf.type !== 'CERTIFICATE')
    return wrong('issued certificate chain must consist entirely of CERTIFICATE PEM blocks');
  const certificate = certificateOf(leaf);
  return certificate ?? wrong('leaf certificate does not parse as valid X.509');
}

/** The other certificates are only read. */
function validateOthers(errors: FieldErrors, chain: string, others: readonly PemBlock[]): void {
  for (const other of others) {
    const fault =
      other.type !== 'CERTIFICATE'
        ? 'issued certificate chain must consist entirely of CERTFICATE PEM blocks'
        : certificateOf(other)
          ? undefined
          : 'intermediate certificate does not parse as valid X.509';
    if (fault === undefined) continue;
    errors.invalid(chainPath, chain, fault);
    return;
  }
}

function validateNames(errors: FieldErrors, leaf: X509Certificate): void {
  const { dns, mail } = alternativeNames(leaf);
  for (const name of dns) {
    if (name === '') errors.invalid(chainPath, name, 'leaf certificate should not contain empty DNSName');
    if (name.includes('..'))
      errors.invalid(chainPath, name, "leaf certificate's DNSName should not contain '..'");
    if (name.startsWith('.') || name.endsWith('.'))
      errors.invalid(chainPath, name, "leaf certificate's DNSName should not start or end with '.'");
  }
  for (const address of mail)
    if (!isMailAddress(address))
      errors.invalid(chainPath, address, 'leaf certificate should not contain invalid EmailAddress');
}

/** Each time by itself, in order; the first that is wrong is told. */
function validateTimes(
  errors: FieldErrors,
  { spec, status = {} }: PodCertificateRequest,
  leaf: X509Certificate,
  now: number,
): void {
  const consistent = 'must be present and consistent with the issued certificate';
  if (!status.notBefore) errors.required('status.notBefore', consistent);
  if (!status.notAfter) errors.required('status.notAfter', consistent);
  if (!status.beginRefreshAt)
    errors.required(
      'status.beginRefreshAt',
      'must be present and in the range [notbefore+10min, notafter-10min]',
    );
  if (!status.notBefore || !status.notAfter || !status.beginRefreshAt) return;
  const wrong = (field: string, value: unknown, detail: string): void =>
    errors.invalid(`status.${field}`, value, detail);
  const notBefore = parseTime(status.notBefore);
  const notAfter = parseTime(status.notAfter);
  const refresh = parseTime(status.beginRefreshAt);
  const lifetime = Date.parse(leaf.validTo) - Date.parse(leaf.validFrom);
  const seconds = spec.maxExpirationSeconds ?? 0;
  if (notBefore !== Date.parse(leaf.validFrom))
    wrong('notBefore', status.notBefore, 'must be set to the NotBefore time encoded in the leaf certificate');
  else if (Math.abs(notBefore - now) >= 5 * minute)
    wrong('notBefore', status.notBefore, "must be set to within 5 minutes of kube-apiserver's current time");
  else if (notAfter !== Date.parse(leaf.validTo))
    wrong('notAfter', status.notAfter, 'must be set to the NotAfter time encoded in the leaf certificate');
  else if (lifetime < hour)
    wrong('certificateChain', lifetime * 1e6, 'leaf certificate lifetime must be >= 1 hour');
  else if (lifetime > seconds * 1000)
    wrong(
      'certificateChain',
      lifetime * 1e6,
      `leaf certificate lifetime must be <= spec.maxExpirationSeconds (${seconds})`,
    );
  else if (refresh < notBefore + 10 * minute)
    wrong('beginRefreshAt', status.beginRefreshAt, 'must be at least 10 minutes after status.notBefore');
  else if (refresh > notAfter - 10 * minute)
    wrong('beginRefreshAt', status.beginRefreshAt, 'must be at least 10 minutes before status.notAfter');
}

function validateIssued(
  errors: FieldErrors,
  request: PodCertificateRequest,
  old: PodCertificateRequest,
  now: number,
): void {
  const chain = request.status?.certificateChain ?? '';
  if (longerThan(chain, longestChain)) {
    errors.tooLong(chainPath, longestChain);
    return;
  }
  const [first, ...others] = pemBlocks(chain);
  const leaf = validateLeaf(errors, chain, first);
  if (!leaf) return;
  validateNames(errors, leaf);
  const wanted = requestedKey(old.spec);
  if ('fault' in wanted) {
    errors.wrong(wanted.path, wanted.fault);
    return;
  }
  if (wanted.key && !wanted.key.equals(leaf.publicKey)) {
    errors.invalid(chainPath, chain, 'leaf certificate was not issued to the requested public key');
    return;
  }
  const before = errors.list.length;
  validateTimes(errors, request, leaf, now);
  if (errors.list.length === before) validateOthers(errors, chain, others);
}

/** The rules of a status update; `now` in milliseconds. */
export function validateStatus(
  errors: FieldErrors,
  request: PodCertificateRequest,
  old: PodCertificateRequest,
  now: number,
): void {
  const { status = {} } = request;
  validateTypes(errors, status);
  if (!errors.empty) return;
  if (finalTypes.some((type) => isTrue(old, type)))
    unchanged(
      errors,
      status,
      old.status ?? {},
      'immutable after PodCertificateRequest is issued, denied, or failed',
    );
  else if (isTrue(request, 'Denied') || isTrue(request, 'Failed'))
    unchanged(
      errors,
      status,
      { conditions: status.conditions },
      'non-condition status fields must be empty when denying or failing the PodCertificateRequest',
    );
  else if (isTrue(request, 'Issued')) validateIssued(errors, request, old, now);
  else
    unchanged(
      errors,
      status,
      old.status ?? {},
      'status is immutable unless transitioning to "Issued", "Denied", or "Failed"',
    );
}
