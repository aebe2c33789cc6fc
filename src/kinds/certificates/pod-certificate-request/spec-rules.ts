// What a pod may ask for in a PodCertificateRequest.
// Upstream: ValidatePodCertificateRequestCreate in k8s.io/kubernetes/pkg/apis/certificates/validation/validation.go.
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { PodCertificateRequestSpec } from '#types/certificates.k8s.io_v1beta1';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { longerThan, subdomainName } from '../../validation/names.ts';
import { validateSignerName } from '../request-rules.ts';

const hour = 3600;
const day = 24 * hour;
const longestUid = 128;
const longestKey = 10 * 1024;
const keyPath = 'spec.pkixPublicKey';
const proofPath = 'spec.proofOfPossession';
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

function validateReference(
  errors: FieldErrors,
  name: string,
  uid: string,
  field: 'pod' | 'serviceAccount' | 'node',
): void {
  errors.invalids(`spec.${field}Name`, name, subdomainName(name, false));
  const path = `spec.${field}UID`;
  if (uid === '') errors.invalid(path, uid, 'must not be empty');
  if (longerThan(uid, longestUid)) errors.tooLong(path, longestUid);
}

/** The public key in the spec; undefined where it is none. */
export function publicKeyOf(der: string): KeyObject | undefined {
  try {
    return createPublicKey({ key: Buffer.from(der, 'base64'), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function isProven(key: KeyObject, uid: string, proof: Buffer): boolean {
  const data = Buffer.from(uid);
  if (key.asymmetricKeyType === 'ed25519') return verify(null, data, key, proof);
  if (key.asymmetricKeyType === 'ec') return verify('sha256', data, key, proof);
  return verify('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, proof);
}

/** The key and the proof that the asker has it. */
function validateKey(errors: FieldErrors, spec: PodCertificateRequestSpec): void {
  const { pkixPublicKey, proofOfPossession, podUID } = spec;
  const key = publicKeyOf(pkixPublicKey ?? '');
  if (!key) {
    errors.invalid(keyPath, pkixPublicKey ?? null, 'must be a valid PKIX-serialized public key');
    return;
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  if (type === 'ec' && !curves.includes(details.namedCurve ?? '')) {
    errors.invalid(
      keyPath,
      `curve ${details.namedCurve}`,
      'elliptic public keys must use curve P256 or P384',
    );
    return;
  }
  const bits = details.modulusLength ?? 0;
  if (type === 'rsa' && bits !== 3072 && bits !== 4096) {
    errors.invalid(keyPath, `${bits}-bit modulus`, 'RSA keys must have modulus size 3072 or 4096');
    return;
  }
  if (type !== 'ec' && type !== 'rsa' && type !== 'ed25519') {
    const detail = 'unknown public key type; supported types are Ed25519, ECDSA, and RSA';
    errors.invalid(keyPath, pkixPublicKey ?? null, detail);
    return;
  }
  if (!isProven(key, podUID, Buffer.from(proofOfPossession ?? '', 'base64')))
    errors.wrong(proofPath, 'could not verify proof-of-possession signature');
}

/** The rules of a create. */
export function validateSpec(errors: FieldErrors, spec: PodCertificateRequestSpec): void {
  validateSignerName(errors, spec.signerName, 'spec.signerName');
  validateReference(errors, spec.podName, spec.podUID, 'pod');
  validateReference(errors, spec.serviceAccountName, spec.serviceAccountUID, 'serviceAccount');
  validateReference(errors, spec.nodeName, spec.nodeUID, 'node');
  const seconds = spec.maxExpirationSeconds;
  const [domain = ''] = spec.signerName.split('/');
  const own = domain === 'kubernetes.io' || domain.endsWith('.kubernetes.io');
  const longest = own ? day : 91 * day;
  if (seconds !== undefined && (seconds < hour || seconds > longest))
    errors.invalid('spec.maxExpirationSeconds', seconds, `must be in the range [${hour}, ${longest}]`);
  const stub = spec.stubPKCS10Request ?? '';
  if (stub !== '') {
    if (Buffer.from(stub, 'base64').length > longestKey) errors.tooLong('spec.stubPKCS10Request', longestKey);
    return;
  }
  for (const [path, text] of [
    [keyPath, spec.pkixPublicKey],
    [proofPath, spec.proofOfPossession],
  ] as const) {
    if (Buffer.from(text ?? '', 'base64').length <= longestKey) continue;
    errors.tooLong(path, longestKey);
    return;
  }
  validateKey(errors, spec);
}
