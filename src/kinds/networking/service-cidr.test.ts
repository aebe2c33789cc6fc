import { expect, it } from 'vitest';
import { createFaults, updateFaults } from '../kind-faults.ts';
import { serviceCIDR as kind } from './service-cidr.ts';

const cidrs = (...list: string[]) => ({ spec: { cidrs: list } });

it.each([
  [['10.0.0.0/16', 'fd00::/108'], []],
  [[], ['spec.cidrs: Required value: at least one CIDR required']],
  [
    ['10.0.0.0/16', '10.1.0.0/16'],
    [
      'spec.cidrs: Invalid value: ["10.0.0.0/16","10.1.0.0/16"]: may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
    ],
  ],
  [['a', 'b', 'c'], ['spec.cidrs: Invalid value: {"CIDRs":["a","b","c"]}: may only hold up to 2 values']],
  [
    ['10.0.0.1/16'],
    ['spec.cidrs[0]: Invalid value: "10.0.0.1/16": must not have bits set beyond the prefix length'],
  ],
])('create with %s', (list, faults) => {
  expect(createFaults(kind, cidrs(...list))).toEqual(faults);
});

it.each([
  [['10.0.0.0/16', 'fd00::/108'], []],
  [['10.1.0.0/16'], ['spec.cidrs[0]: Invalid value: "10.1.0.0/16": field is immutable']],
  [[], ['spec.cidrs: Invalid value: []: field is immutable']],
])('update to %s', (list, faults) => {
  expect(updateFaults(kind, cidrs('10.0.0.0/16'), cidrs(...list))).toEqual(faults);
});
