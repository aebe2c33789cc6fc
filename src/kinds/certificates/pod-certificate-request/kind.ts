// PodCertificateRequest: what tables cannot say. The spec never changes, and the status only once.
// Upstream: k8s.io/kubernetes/pkg/registry/certificates/podcertificaterequest/strategy.go.
import type { PodCertificateRequest, PodCertificateRequestSpec } from '#types/certificates.k8s.io_v1beta1';
import { defineKind } from '../../define-kind.ts';
import { internalJson } from '../../internal-json.ts';
import { FieldErrors } from '../../validation/field-errors.ts';
import { subdomainName } from '../../validation/names.ts';
import { validateImmutable } from '../../validation/numbers.ts';
import { keepMetadata, takeBack } from '../../validation/status-strategy.ts';
import { validateSpec } from './spec-rules.ts';
import { validateStatus } from './status-rules.ts';

/** No bytes are the same as an empty key. */
function withoutEmptyKeys(spec: PodCertificateRequestSpec): PodCertificateRequestSpec {
  const { pkixPublicKey, proofOfPossession, stubPKCS10Request, ...rest } = spec;
  return {
    ...rest,
    ...(pkixPublicKey && { pkixPublicKey }),
    ...(proofOfPossession && { proofOfPossession }),
    ...(stubPKCS10Request && { stubPKCS10Request }),
  } as PodCertificateRequestSpec;
}

export const podCertificateRequest = defineKind<PodCertificateRequest>({
  group: 'certificates.k8s.io',
  version: 'v1beta1',
  kind: 'PodCertificateRequest',
  nameRule: subdomainName,
  allowUnconditionalUpdate: false,
  resetFields: [],
  setDefaults({ spec }) {
    spec.maxExpirationSeconds ??= 86400;
  },
  prepareForCreate(request) {
    request.status = {};
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateSpec(errors, spec);
    return errors.list;
  },
  prepareForUpdate(request, old) {
    takeBack(request, old, 'status');
  },
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    const shown = internalJson(spec, 'PodCertificateRequestSpec');
    validateImmutable(errors, withoutEmptyKeys(spec), withoutEmptyKeys(old.spec), 'spec', shown);
    return errors.list;
  },

  subresources: {
    status: {
      resetFields: [['spec']],
      prepareForUpdate(request, old) {
        request.spec = old.spec;
        keepMetadata(request, old);
      },
      validateUpdate(request, old, { now }) {
        const errors = new FieldErrors();
        validateStatus(errors, request, old, now);
        return errors.list;
      },
    },
  },
  selectableFields: {
    'spec.signerName': ({ spec }) => spec.signerName,
    'spec.podName': ({ spec }) => spec.podName,
    'spec.nodeName': ({ spec }) => spec.nodeName,
  },
});
