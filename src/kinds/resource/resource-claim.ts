// ResourceClaim: what tables cannot say. Its spec never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/resource/resourceclaim/strategy.go.
import type { ResourceClaim } from '#types/resource.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';
import { validateAdminRequests, validateAdminResults } from './admin-access.ts';
import { setClaimDefaults, setTolerationDefaults, validateDeviceClaim } from './claim-rules.ts';
import { identityOf, validateClaimStatus } from './claim-status-rules.ts';
import { claimV1beta1 } from './v1beta1.ts';

/** Reports about devices go when the devices do. */
function dropDeallocated({ status }: ResourceClaim, old: ResourceClaim): void {
  const gone = new Set((old.status.allocation?.devices.results ?? []).map(identityOf));
  for (const result of status.allocation?.devices.results ?? []) gone.delete(identityOf(result));
  const left = (status.devices ?? []).filter((device) => !gone.has(identityOf(device)));
  if (left.length > 0) status.devices = left;
  else delete status.devices;
}

function stateCell({ metadata, status }: ResourceClaim): string {
  const states: string[] = [];
  if (metadata.deletionTimestamp) states.push('deleted');
  if (!status.allocation) {
    if (!metadata.deletionTimestamp) states.push('pending');
  } else {
    states.push('allocated');
    if (status.reservedFor?.length) states.push('reserved');
  }
  return states.join(',');
}

export const resourceClaim = defineKind<ResourceClaim>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceClaim',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults({ spec, status }) {
    setClaimDefaults(spec.devices);
    for (const { tolerations } of status?.allocation?.devices?.results ?? [])
      setTolerationDefaults(tolerations);
  },
  prepareForCreate(claim) {
    claim.status = {};
  },
  validateCreate({ spec }, context) {
    const errors = new FieldErrors();
    validateAdminRequests(errors, spec.devices.requests, context);
    validateDeviceClaim(errors, spec.devices, 'spec.devices');
    return errors.list;
  },
  prepareForUpdate: (claim, old) => takeBack(claim, old, 'status'),
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    validateImmutable(errors, spec, old.spec, 'spec', internalJson(spec, 'ResourceClaimSpec'));
    return errors.list;
  },

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(claim, old) {
        claim.spec = old.spec;
        keepMetadata(claim, old);
        dropDeallocated(claim, old);
      },
      validateUpdate(claim, old, context) {
        const errors = new FieldErrors();
        const resultsOf = ({ status }: ResourceClaim) => status.allocation?.devices.results;
        validateAdminResults(errors, resultsOf(claim), resultsOf(old), context);
        validateClaimStatus(errors, claim, old);
        return errors.list;
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('State', 'string', 'A summary of the current state (allocated, pending, reserved, etc.).'),
      ageColumn,
    ],
    row: (claim, context) => ({ cells: [nameOf(claim), stateCell(claim), ageOf(claim, context)] }),
  },

  conversions: { v1beta1: claimV1beta1 },
});
