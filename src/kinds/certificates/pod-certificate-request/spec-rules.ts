// What a pod may ask for in a PodCertificateRequest.
// Upstream: ValidatePodCertificateRequestCreate in k8s.io/kubernetes/pkg/apis/certificates/validation/validation.go.
import { constants, type KeyObject, verify } from 'node:crypto';
import type { PodCertificateRequestSpec } from '#types/certificates.k8s.io_v1beta1';
import { ofNamedType } from '../../../api/field-error.ts';
import type { FieldErrors } from '../../validation/field-errors.ts';
import { longerThan, subdomainName } from '../../validation/names.ts';
import { longestLife } from '../certificate-life.ts';
import { type CertificateRequest, curveOf, publicKeyOf, readCertificateRequest } from '../pkcs10.ts';
import { validateSignerName } from '../request-rules.ts';
import { validateUserAnnotations } from '../user-annotations.ts';

const hour = 3600;
const longestUid = 128;
const longestKey = 10 * 1024;
const keyPath = 'spec.pkixPublicKey';
const proofPath = 'spec.proofOfPossession';
const requestPath = 'spec.stubPKCS10Request';
const annotationsPath = 'spec.unverifiedUserAnnotations';
const curves = ['P-256', 'P-384', 'P-521'];
const unknownKey = 'unknown public key type; supported types are Ed25519, ECDSA, and RSA';

function bytesOf(base64: string | null | undefined): Buffer {
  return Buffer.from(base64 ?? '', 'base64');
}

function validateReference(
  errors: FieldErrors,
  name: string,
  uid: string,
  field: 'pod' | 'serviceAccount' | 'node',
): void {
  const shown = field === 'node' ? ofNamedType(name) : name;
  errors.invalids(`spec.${field}Name`, shown, subdomainName(name, false));
  const path = `spec.${field}UID`;
  if (uid === '') errors.invalid(path, uid, 'must not be empty');
  if (longerThan(uid, longestUid)) errors.tooLong(path, longestUid);
}

/** The request in the spec; undefined where the bytes are none. */
function requestOf(base64: string): CertificateRequest | undefined {
  try {
    return readCertificateRequest(bytesOf(base64));
  } catch {
    return undefined;
  }
}

/** The key that a certificate is asked for, or the path and the fault of what should hold it. */
export function requestedKey(
  spec: PodCertificateRequestSpec,
): { key: KeyObject | undefined } | { path: string; fault: string } {
  if (spec.stubPKCS10Request) {
    const request = requestOf(spec.stubPKCS10Request);
    return request ? { key: request.publicKey } : { path: requestPath, fault: 'must be a valid PKCS#10 CSR' };
  }
  const key = publicKeyOf(bytesOf(spec.pkixPublicKey));
  return key ? { key } : { path: keyPath, fault: 'must be a valid PKIX-serialized public key' };
}

/** Curves and sizes. Returns whether the key may be used. */
function validateKeyType(
  errors: FieldErrors,
  key: KeyObject | undefined,
  path: string,
  curveText: string,
  unknown: () => void,
): boolean {
  const type = key?.asymmetricKeyType;
  if (type === 'ed25519') return true;
  if (key && type === 'ec') {
    const curve = curveOf(key);
    if (curves.includes(curve)) return true;
    errors.invalid(path, `curve ${curve}`, `elliptic public keys must use curve ${curveText}`);
  } else if (key && type === 'rsa') {
    const bits = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8) * 8;
    if (bits === 3072 || bits === 4096) return true;
    errors.invalid(path, `${bits}-bit modulus`, 'RSA keys must have modulus size 3072 or 4096');
  } else unknown();
  return false;
}

function isProven(key: KeyObject, uid: string, proof: Buffer): boolean {
  const data = Buffer.from(uid);
  try {
    if (key.asymmetricKeyType === 'ed25519') return verify(null, data, key, proof);
    if (key.asymmetricKeyType === 'ec') return verify('sha256', data, key, proof);
    return verify('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING }, proof);
  } catch {
    return false;
  }
}

/** The key and the proof that the asker has it. */
function validateKey(errors: FieldErrors, spec: PodCertificateRequestSpec): void {
  const { podUID } = spec;
  const shown = spec.pkixPublicKey ?? null;
  for (const [path, text] of [
    [keyPath, spec.pkixPublicKey],
    [proofPath, spec.proofOfPossession],
  ] as const) {
    if (bytesOf(text).length <= longestKey) continue;
    errors.tooLong(path, longestKey);
    return;
  }
  const key = publicKeyOf(bytesOf(spec.pkixPublicKey));
  if (!key) {
    errors.invalid(keyPath, shown, 'must be a valid PKIX-serialized public key');
    return;
  }
  const fits = validateKeyType(errors, key, keyPath, 'P256 or P384', () =>
    errors.invalid(keyPath, shown, unknownKey),
  );
  if (fits && !isProven(key, podUID, bytesOf(spec.proofOfPossession)))
    errors.wrong(proofPath, 'could not verify proof-of-possession signature');
}

/** A request that is signed with the key that it holds; whatever else it says. */
function validateRequest(errors: FieldErrors, base64: string): void {
  if (bytesOf(base64).length > longestKey) {
    errors.tooLong(requestPath, longestKey);
    return;
  }
  const request = requestOf(base64);
  if (!request) {
    errors.wrong(requestPath, 'must be a valid PKCS#10 CSR');
    return;
  }
  const fits = validateKeyType(errors, request.publicKey, requestPath, 'P256, P384, or P521', () =>
    errors.wrong(requestPath, unknownKey),
  );
  if (fits && request.signatureFault() !== undefined) errors.wrong(requestPath, 'invalid signature');
}

/** The rules of a create. */
export function validateSpec(errors: FieldErrors, spec: PodCertificateRequestSpec): void {
  validateSignerName(errors, spec.signerName, 'spec.signerName');
  validateUserAnnotations(errors, spec.unverifiedUserAnnotations, annotationsPath);
  validateReference(errors, spec.podName, spec.podUID, 'pod');
  validateReference(errors, spec.serviceAccountName, spec.serviceAccountUID, 'serviceAccount');
  validateReference(errors, spec.nodeName, spec.nodeUID, 'node');
  const seconds = spec.maxExpirationSeconds;
  const longest = longestLife(spec.signerName);
  if (seconds !== undefined && (seconds < hour || seconds > longest))
    errors.invalid('spec.maxExpirationSeconds', seconds, `must be in the range [${hour}, ${longest}]`);
  const stub = spec.stubPKCS10Request;
  const { pkixPublicKey: key, proofOfPossession: proof } = spec;
  if (stub && !key && !proof) validateRequest(errors, stub);
  else if (!stub && key && proof) validateKey(errors, spec);
  else
    errors.wrong(
      'spec',
      'exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set',
    );
}
