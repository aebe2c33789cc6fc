// Endpoints: what tables cannot say.
// Upstream: ValidateEndpoints in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { EndpointAddress, EndpointPort, EndpointSubset, Endpoints } from '#types/core_v1';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { ipWarnings, validateLegacyIp } from '../validation/addresses.ts';
import { validateEndpointIp } from '../validation/endpoint-ip.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain, portNumber, qualifiedName, subdomainName } from '../validation/names.ts';
import { packSubsets } from './endpoint-subsets.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];

function validateAddress(errors: FieldErrors, address: EndpointAddress, path: string): void {
  const { ip, hostname, nodeName } = address;
  validateLegacyIp(errors, `${path}.ip`, ip);
  if (hostname) errors.invalids(`${path}.hostname`, hostname, dnsLabel(hostname));
  if (nodeName !== undefined) errors.invalids(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName));
  validateEndpointIp(errors, ip, `${path}.ip`);
}

function validatePort(errors: FieldErrors, port: EndpointPort, needsName: boolean, path: string): void {
  const { name = '', protocol = '', appProtocol } = port;
  if (needsName && name === '') errors.required(`${path}.name`);
  else if (name !== '') errors.invalids(`${path}.name`, name, dnsLabel(name));
  errors.invalids(`${path}.port`, port.port, portNumber(port.port));
  if (protocol === '') errors.required(`${path}.protocol`);
  else if (!protocols.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, protocols);
  if (appProtocol !== undefined)
    errors.invalids(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol));
}

function validateSubset(errors: FieldErrors, subset: EndpointSubset, path: string): void {
  const { addresses = [], notReadyAddresses = [], ports = [] } = subset;
  if (addresses.length + notReadyAddresses.length === 0)
    errors.required(path, 'must specify `addresses` or `notReadyAddresses`');
  addresses.forEach((address, i) => {
    validateAddress(errors, address, `${path}.addresses[${i}]`);
  });
  notReadyAddresses.forEach((address, i) => {
    validateAddress(errors, address, `${path}.notReadyAddresses[${i}]`);
  });
  ports.forEach((port, i) => {
    validatePort(errors, port, ports.length > 1, `${path}.ports[${i}]`);
  });
}

function validate(endpoints: Endpoints) {
  const errors = new FieldErrors();
  endpoints.subsets?.forEach((subset, i) => {
    validateSubset(errors, subset, `subsets[${i}]`);
  });
  return errors.list;
}

function warnings({ metadata, subsets = [] }: Endpoints): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => ipWarnings(`subsets[${i}].${list}[${j}].ip`, ip)),
    ),
  );
}

const shown = 3;

function endpointsCell({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) => {
    const host = (ip: string): string => (ip.includes(':') ? `[${ip}]` : ip);
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => `${host(ip)}:${port}`));
  });
  const text = all.slice(0, shown).join(',');
  return all.length > shown ? `${text} + ${all.length - shown} more...` : text;
}

export const endpoints = defineKind<Endpoints>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  setDefaults({ subsets }) {
    for (const { ports } of subsets ?? [])
      for (const port of ports ?? []) if (!port.protocol) port.protocol = 'TCP';
  },
  validateCreate: validate,
  warningsOnCreate: warnings,
  canonicalize(endpoints) {
    if (endpoints.subsets) endpoints.subsets = packSubsets(endpoints.subsets);
  },
  allowCreateOnUpdate: true,
  validateUpdate: (endpoints, old) =>
    semanticEqual(endpoints.subsets, old.subsets) ? [] : validate(endpoints),
  warningsOnUpdate: warnings,
  table: {
    columns: [nameColumn, column('Endpoints', 'string', doc('core/v1.Endpoints.subsets')), ageColumn],
    row: (endpoints, context) => ({
      cells: [nameOf(endpoints), endpointsCell(endpoints), ageOf(endpoints, context)],
    }),
  },
});
