import { expect, it } from 'vitest';
import { created, createFaults, hookContext, objectOf, updateFaults } from '../kind-faults.ts';
import { networkPolicy as kind } from './network-policy.ts';

const from = (...peers: object[]) => ({ spec: { podSelector: {}, ingress: [{ from: peers }] } });
const ports = (port: object) => ({ spec: { podSelector: {}, egress: [{ ports: [port] }] } });
const peer = 'spec.ingress[0].from[0]';

it.each([
  ['a range with a hole', from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }), []],
  [
    'a hole outside',
    from({ ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }),
    [`${peer}.ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of \`cidr\``],
  ],
  [
    'a hole as large as the range',
    from({ ipBlock: { cidr: '10.0.0.0/8', except: ['10.0.0.0/8'] } }),
    [`${peer}.ipBlock.except[0]: Invalid value: "10.0.0.0/8": must be a strict subset of \`cidr\``],
  ],
  ['no range', from({ ipBlock: { cidr: '' } }), [`${peer}.ipBlock.cidr: Required value`]],
  ['no peer', from({}), [`${peer}: Required value: must specify a peer`]],
  [
    'two peers',
    from({ podSelector: {}, ipBlock: { cidr: '10.0.0.0/8' } }),
    [`${peer}: Forbidden: may not specify both ipBlock and another peer`],
  ],
  [
    'an end before the start',
    ports({ port: 80, endPort: 79 }),
    ['spec.egress[0].ports[0].endPort: Invalid value: 80: must be greater than or equal to `port`'],
  ],
  [
    'an end of a name',
    ports({ port: 'http', endPort: 79 }),
    ['spec.egress[0].ports[0].endPort: Invalid value: 79: may not be specified when `port` is non-numeric'],
  ],
  [
    'an unknown type',
    { spec: { podSelector: {}, policyTypes: ['Foo'] } },
    ['spec.policyTypes[0]: Unsupported value: "Foo": supported values: "Ingress", "Egress"'],
  ],
])('create with %s', (_, fields, faults) => {
  expect(createFaults(kind, fields)).toEqual(faults);
});

it('fills types and protocols', () => {
  const object = created(kind, ports({ port: 80 }));
  expect(object).toMatchObject({
    metadata: { generation: 1 },
    spec: { policyTypes: ['Ingress', 'Egress'], egress: [{ ports: [{ protocol: 'TCP' }] }] },
  });
});

it('lets an old sloppy range stay, with a warning', () => {
  const sloppy = from({ ipBlock: { cidr: '10.0.0.1/8' } });
  expect(createFaults(kind, sloppy)).toHaveLength(1);
  expect(updateFaults(kind, sloppy, sloppy)).toEqual([]);
  expect(kind.warningsOnUpdate!(objectOf(kind, sloppy), objectOf(kind, sloppy), hookContext)).toHaveLength(1);
});
