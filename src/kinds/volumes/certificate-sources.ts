// Sources of projected volumes that hold certificates. Where their feature is off they were dropped before.
// Upstream: validateProjectionSources in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { ClusterTrustBundleProjection, PodCertificateProjection } from '#types/core_v1';
import { longestLife } from '../certificates/certificate-life.ts';
import { validateSignerName } from '../certificates/request-rules.ts';
import { signerOfTrustBundle, trustBundleNameFaults } from '../certificates/trust-bundle-name.ts';
import { validateUserAnnotations } from '../certificates/user-annotations.ts';
import { internalJson } from '../internal-json.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLocalPath } from '../validation/file-paths.ts';
import { validateLabelSelector } from '../validation/labels.ts';

/** Takes a path inside the volume: two sources cannot have the same. */
export type Claim = (target: string) => void;

function validateNamedBundle(errors: FieldErrors, source: ClusterTrustBundleProjection, path: string): void {
  const name = source.name ?? '';
  if (name === '') errors.required(`${path}.name`, 'must be a valid object name');
  const faults = trustBundleNameFaults(name, false, signerOfTrustBundle(name));
  errors.invalids(
    `${path}.name`,
    name,
    faults.map((fault) => `not a valid clustertrustbundlename: ${fault}`),
  );
  if (source.labelSelector)
    errors.invalid(
      `${path}.labelSelector`,
      source.labelSelector,
      'labelSelector must be unset if name is specified',
    );
}

function validateBundlesOfSigner(
  errors: FieldErrors,
  source: ClusterTrustBundleProjection,
  path: string,
): void {
  const signer = source.signerName ?? '';
  if (signer === '') errors.required(`${path}.signerName`, 'must be a valid signer name');
  validateSignerName(errors, signer, `${path}.signerName`);
  validateLabelSelector(errors, source.labelSelector, `${path}.labelSelector`);
}

/** Trust anchors: of one bundle, or of all of a signer that have certain labels. */
export function validateTrustBundleSource(
  errors: FieldErrors,
  source: ClusterTrustBundleProjection,
  path: string,
  claim: Claim,
): void {
  const named = source.name !== undefined;
  const signed = source.signerName !== undefined;
  if (named && signed)
    errors.invalid(
      path,
      internalJson(source, 'ClusterTrustBundleProjection'),
      'only one of name and signerName may be used',
    );
  else if (named) validateNamedBundle(errors, source, path);
  else if (signed) validateBundlesOfSigner(errors, source, path);
  else errors.required(path, 'either name or signerName must be specified');
  if (!source.path) errors.required(`${path}.path`);
  validateLocalPath(errors, source.path, `${path}.path`);
  claim(source.path);
}

const keyTypes = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];
const hour = 3600;

/** A certificate of the pod's own: what it is to be, and where it goes. */
export function validatePodCertificateSource(
  errors: FieldErrors,
  source: PodCertificateProjection,
  path: string,
  claim: Claim,
): void {
  validateSignerName(errors, source.signerName ?? '', `${path}.signerName`);
  validateUserAnnotations(errors, source.userAnnotations, `${path}.userAnnotations`);
  const keyType = source.keyType ?? '';
  if (!keyTypes.includes(keyType)) errors.notSupported(`${path}.keyType`, keyType, keyTypes);
  const seconds = source.maxExpirationSeconds;
  if (seconds !== undefined) {
    const at = `${path}.maxExpirationSeconds`;
    const longest = longestLife(source.signerName ?? '');
    if (seconds < hour) errors.invalid(at, seconds, `if provided, maxExpirationSeconds must be >= ${hour}`);
    if (seconds > longest)
      errors.invalid(at, seconds, `if provided, maxExpirationSeconds must be <= ${longest}`);
  }
  let paths = 0;
  for (const field of ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const) {
    const target = source[field];
    if (!target) continue;
    paths++;
    validateLocalPath(errors, target, `${path}.${field}`);
    claim(target);
  }
  if (paths === 0)
    errors.required(path, 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath');
}
