// What certificates take besides the right to write: who may approve, sign and attest for a signer.
// Upstream: plugin/pkg/admission/certificates, pkg/certauthorization/certauthorization.go and
// pkg/registry/certificates/podcertificaterequest/strategy.go in kubernetes/kubernetes.
import type { CertificateSigningRequest } from '#types/certificates.k8s.io_v1';
import type { ClusterTrustBundle, PodCertificateRequest } from '#types/certificates.k8s.io_v1beta1';
import { forbiddenField } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goQuote } from '../../api/go-text.ts';
import { invalidObject } from '../../api/status.ts';
import { requestedOrganizations } from '../../kinds/certificates/request-pem.ts';
import { semanticEqual } from '../../kinds/semantic-equal.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import type { AdmissionRequest, AdmissionStep } from './admission.ts';
import { isForCollectionOnly } from './collection-only.ts';
import { refusal } from './refusal.ts';

const group = 'certificates.k8s.io';
const clientSigner = 'kubernetes.io/kube-apiserver-client';
const masters = 'system:masters';

/** Whether the user may do this for a signer, by its name or for all of its domain. */
function mayFor(authorizer: Authorizer, { user }: AdmissionRequest, verb: string, signer: string): boolean {
  const target = { group, version: '*', resource: 'signers', subresource: '', namespace: '', path: '' };
  return [signer, `${signer.split('/')[0]}/*`].some(
    (name) => authorizer.authorize({ user, verb, isResource: true, ...target, name }).allowed,
  );
}

function isOf({ resource, subresource }: AdmissionRequest, plural: string, through: string): boolean {
  const { group: of, resource: name } = resource.groupResource;
  return of === group && name === plural && subresource === through;
}

/** Approving takes `approve` on the signer. */
export function certificateApproval(authorizer: Authorizer): AdmissionStep {
  return {
    name: 'CertificateApproval',
    validate(request) {
      if (!isOf(request, 'certificatesigningrequests', 'approval') || request.operation !== 'UPDATE') return;
      const { signerName } = (request.oldObject as unknown as CertificateSigningRequest).spec;
      if (!mayFor(authorizer, request, 'approve', signerName))
        throw refusal(
          request,
          `user not permitted to approve requests with signerName ${goQuote(signerName)}`,
        );
    },
  };
}

/** Another certificate, or other conditions through the status, take `sign` on the signer. */
export function certificateSigning(authorizer: Authorizer): AdmissionStep {
  return {
    name: 'CertificateSigning',
    validate(request) {
      if (!isOf(request, 'certificatesigningrequests', 'status') || request.operation !== 'UPDATE') return;
      const old = request.oldObject as unknown as CertificateSigningRequest;
      const { status } = request.object as unknown as CertificateSigningRequest;
      const view = (of: typeof status): unknown => [of?.certificate ?? '', of?.conditions ?? []];
      if (semanticEqual(view(status), view(old.status))) return;
      const { signerName } = old.spec;
      if (!mayFor(authorizer, request, 'sign', signerName))
        throw refusal(request, `user not permitted to sign requests with signerName ${goQuote(signerName)}`);
    },
  };
}

/** A bundle of a signer takes `attest` on it. */
export function clusterTrustBundleAttest(authorizer: Authorizer): AdmissionStep {
  return {
    name: 'ClusterTrustBundleAttest',
    validate(request) {
      if (!isOf(request, 'clustertrustbundles', '') || request.operation === 'DELETE') return;
      const { signerName } = (request.object as unknown as ClusterTrustBundle).spec;
      if (!signerName || (request.operation === 'UPDATE' && isForCollectionOnly(request))) return;
      if (!mayFor(authorizer, request, 'attest', signerName))
        throw refusal(request, `user not permitted to attest for signerName ${goQuote(signerName)}`);
    },
  };
}

/** Nobody asks for a client certificate of those who may do everything. */
export const certificateSubjectRestriction: AdmissionStep = {
  name: 'CertificateSubjectRestriction',
  validate(request) {
    if (!isOf(request, 'certificatesigningrequests', '') || request.operation !== 'CREATE') return;
    const { spec } = request.object as unknown as CertificateSigningRequest;
    if (spec.signerName !== clientSigner) return;
    let organizations: readonly string[];
    try {
      organizations = requestedOrganizations(spec.request);
    } catch (error) {
      throw refusal(request, `failed to parse CSR: ${(error as Error).message}`);
    }
    if (organizations.includes(masters))
      throw refusal(request, `use of ${clientSigner} signer with ${masters} group is not allowed`);
  },
};

/** The status of a pod's request takes `sign` on its signer. No plugin upstream but part of the storage. */
export function podCertificateSigning(authorizer: Authorizer): AdmissionStep {
  return {
    name: 'PodCertificateSigning',
    validate(request) {
      if (!isOf(request, 'podcertificaterequests', 'status') || request.operation !== 'UPDATE') return;
      const old = request.oldObject as unknown as PodCertificateRequest;
      const { status } = request.object as unknown as PodCertificateRequest;
      if (semanticEqual(status ?? {}, old.status ?? {})) return;
      const { signerName } = old.spec;
      if (mayFor(authorizer, request, 'sign', signerName)) return;
      const detail = `User ${goQuote(request.user.name)} is not permitted to "sign" for signer ${goQuote(signerName)}`;
      throw invalidObject({ group, kind: 'PodCertificateRequest' }, request.name, [
        forbiddenField(path('spec', 'signerName'), detail),
      ]);
    },
  };
}
