// NetworkPolicy: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/apis/networking/validation/validation.go.
import { isDeepStrictEqual } from 'node:util';
import type {
  IPBlock,
  NetworkPolicy,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
} from '#types/networking.k8s.io_v1';
import { defineKind } from '../define-kind.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { selectorCell } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { cidrContains, cidrWarnings, parseCidrSloppy, validateLegacyCidr } from '../validation/addresses.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelSelector } from '../validation/labels.ts';
import { portName, portNumber, subdomainName } from '../validation/names.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';

const protocols = ['TCP', 'UDP', 'SCTP'];
const policyTypes = ['Ingress', 'Egress'];

/** What a policy may keep because its old version has it. */
interface Kept {
  allowInvalidValues?: boolean;
  cidrs?: readonly string[];
}

/** The peers of all rules, with their paths. */
function peersOf(spec: NetworkPolicySpec): [path: string, peer: NetworkPolicyPeer][] {
  const found: [string, NetworkPolicyPeer][] = [];
  spec.ingress?.forEach((rule, i) => {
    rule.from?.forEach((peer, j) => {
      found.push([`spec.ingress[${i}].from[${j}]`, peer]);
    });
  });
  spec.egress?.forEach((rule, i) => {
    rule.to?.forEach((peer, j) => {
      found.push([`spec.egress[${i}].to[${j}]`, peer]);
    });
  });
  return found;
}

function validatePort(errors: FieldErrors, port: NetworkPolicyPort, path: string): void {
  const { protocol, endPort } = port;
  if (protocol !== undefined && !protocols.includes(protocol))
    errors.notSupported(`${path}.protocol`, protocol, protocols);
  const at = `${path}.endPort`;
  if (port.port === undefined) {
    if (endPort !== undefined)
      errors.invalid(at, endPort, 'may not be specified when `port` is not specified');
  } else if (typeof port.port === 'number') {
    errors.invalids(`${path}.port`, port.port, portNumber(port.port));
    if (endPort === undefined) return;
    // Upstream shows the port here, not the endPort.
    if (endPort < port.port) errors.invalid(at, port.port, 'must be greater than or equal to `port`');
    errors.invalids(at, endPort, portNumber(endPort));
  } else {
    if (endPort !== undefined) errors.invalid(at, endPort, 'may not be specified when `port` is non-numeric');
    errors.invalids(`${path}.port`, port.port, portName(port.port));
  }
}

function validateBlock(errors: FieldErrors, block: IPBlock, path: string, kept: Kept): void {
  if (!block.cidr) {
    errors.required(`${path}.cidr`);
    return;
  }
  validateLegacyCidr(errors, `${path}.cidr`, block.cidr, kept.cidrs);
  const whole = parseCidrSloppy(block.cidr);
  if (!whole) return;
  block.except?.forEach((text, i) => {
    const at = `${path}.except[${i}]`;
    validateLegacyCidr(errors, at, text, kept.cidrs);
    const part = parseCidrSloppy(text);
    if (part && !cidrContains(whole, part)) errors.invalid(at, text, 'must be a strict subset of `cidr`');
  });
}

function validatePeer(errors: FieldErrors, peer: NetworkPolicyPeer, path: string, kept: Kept): void {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  validateLabelSelector(errors, podSelector, `${path}.podSelector`, kept);
  validateLabelSelector(errors, namespaceSelector, `${path}.namespaceSelector`, kept);
  if (ipBlock) validateBlock(errors, ipBlock, `${path}.ipBlock`, kept);
  if (!podSelector && !namespaceSelector && !ipBlock) errors.required(path, 'must specify a peer');
  else if (ipBlock && (podSelector || namespaceSelector))
    errors.forbidden(path, 'may not specify both ipBlock and another peer');
}

function validate({ spec }: NetworkPolicy, kept: Kept = {}) {
  const errors = new FieldErrors();
  validateLabelSelector(errors, spec.podSelector, 'spec.podSelector', kept);
  for (const side of ['ingress', 'egress'] as const) {
    spec[side]?.forEach((rule, i) => {
      rule.ports?.forEach((port, j) => {
        validatePort(errors, port, `spec.${side}[${i}].ports[${j}]`);
      });
      const peersField = 'from' in rule ? 'from' : 'to';
      const peers = 'from' in rule ? rule.from : 'to' in rule ? rule.to : undefined;
      peers?.forEach((peer, j) => {
        validatePeer(errors, peer, `spec.${side}[${i}].${peersField}[${j}]`, kept);
      });
    });
  }
  const types = spec.policyTypes ?? [];
  if (types.length > policyTypes.length) {
    errors.invalid('spec.policyTypes', types, 'may not specify more than two policyTypes');
    return errors.list;
  }
  types.forEach((type, i) => {
    if (!policyTypes.includes(type)) errors.notSupported(`spec.policyTypes[${i}]`, type, policyTypes);
  });
  return errors.list;
}

function keptOf({ spec }: NetworkPolicy): Kept {
  const faults = new FieldErrors();
  validateLabelSelector(faults, spec.podSelector, '');
  const cidrs = peersOf(spec).flatMap(([, { ipBlock }]) =>
    ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : [],
  );
  return { allowInvalidValues: !faults.empty, cidrs };
}

function warnings({ spec }: NetworkPolicy): string[] {
  return peersOf(spec).flatMap(([path, { ipBlock }]) => {
    if (!ipBlock) return [];
    const except = ipBlock.except ?? [];
    return [
      ...cidrWarnings(`${path}.ipBlock.cidr`, ipBlock.cidr),
      ...except.flatMap((cidr, i) => cidrWarnings(`${path}.ipBlock.except[${i}]`, cidr)),
    ];
  });
}

export const networkPolicy = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  nameRule: subdomainName,
  setDefaults({ spec }) {
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    if (spec.policyTypes?.length) return;
    spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  prepareForCreate: firstGeneration,
  validateCreate: (policy) => validate(policy),
  warningsOnCreate: warnings,
  prepareForUpdate: (policy, old) => raiseGeneration(policy, old, ['spec'], isDeepStrictEqual),
  validateUpdate: (policy, old) => validate(policy, keptOf(old)),
  warningsOnUpdate: warnings,
  table: {
    columns: [
      nameColumn,
      column('Pod-Selector', 'string', doc('networking.k8s.io/v1.NetworkPolicySpec.podSelector')),
      ageColumn,
    ],
    row: (policy, context) => ({
      cells: [nameOf(policy), selectorCell(policy.spec.podSelector), ageOf(policy, context)],
    }),
  },
});
