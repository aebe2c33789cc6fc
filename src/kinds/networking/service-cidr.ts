// ServiceCIDR: what tables cannot say. A range may get its second family later, nothing else changes.
// Upstream: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go.
import type { ServiceCIDR } from '#types/networking.k8s.io_v1';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { parseCidrSloppy, validateCidr } from '../validation/addresses.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { subdomainName } from '../validation/names.ts';
import { keepMetadata, takeBack } from '../validation/status-strategy.ts';

const path = 'spec.cidrs';
const immutable = 'field is immutable';

function validateCidrs(errors: FieldErrors, cidrs: readonly string[]): void {
  if (cidrs.length === 0) {
    errors.required(path, 'at least one CIDR required');
    return;
  }
  if (cidrs.length > 2) {
    errors.invalid(path, { CIDRs: cidrs }, 'may only hold up to 2 values');
    return;
  }
  cidrs.forEach((cidr, i) => {
    validateCidr(errors, `${path}[${i}]`, cidr);
  });
  const [first, second] = cidrs.map((cidr) => parseCidrSloppy(cidr)?.address.family);
  if (cidrs.length === 2 && first !== undefined && first === second)
    errors.invalid(
      path,
      cidrs,
      'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    );
}

export const serviceCIDR = defineKind<ServiceCIDR>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'ServiceCIDR',
  nameRule: subdomainName,
  prepareForCreate(range) {
    range.status = {};
  },
  validateCreate({ spec }) {
    const errors = new FieldErrors();
    validateCidrs(errors, spec.cidrs ?? []);
    return errors.list;
  },
  prepareForUpdate: (range, old) => takeBack(range, old, 'status'),
  validateUpdate({ spec }, old) {
    const errors = new FieldErrors();
    const now = spec.cidrs ?? [];
    const before = old.spec.cidrs ?? [];
    const grows = before.length === 1 && now.length === 2;
    if (!grows && before.length !== now.length) {
      errors.invalid(path, memberAsSent(spec, 'cidrs') ?? null, immutable);
      return errors.list;
    }
    before.forEach((cidr, i) => {
      if (cidr !== now[i]) errors.invalid(`${path}[${i}]`, now[i], immutable);
    });
    if (grows) validateCidrs(errors, now);
    return errors.list;
  },

  subresources: {
    status: {
      resetFields: [['metadata'], ['spec']],
      prepareForUpdate(range, old) {
        range.spec = old.spec;
        keepMetadata(range, old);
      },
    },
  },

  table: {
    columns: [
      nameColumn,
      column('CIDRs', 'string', doc('networking.k8s.io/v1.ServiceCIDRSpec.cidrs')),
      ageColumn,
    ],
    row: (range, context) => ({
      cells: [nameOf(range), (range.spec.cidrs ?? []).join(','), ageOf(range, context)],
    }),
  },
});
