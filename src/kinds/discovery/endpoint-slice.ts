// EndpointSlice: what tables cannot say.
// Upstream: k8s.io/kubernetes/pkg/registry/discovery/endpointslice/strategy.go and pkg/apis/discovery/validation.
import type { Endpoint, EndpointHints, EndpointPort, EndpointSlice } from '#types/discovery.k8s.io_v1';
import { ofNamedType } from '../../api/field-error.ts';
import { defineKind } from '../define-kind.ts';
import { semanticEqual } from '../semantic-equal.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { fewOf } from '../table/cells.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { ipWarnings, parseIpSloppy, validateIp, validateLegacyIp } from '../validation/addresses.ts';
import { validateEndpointIp } from '../validation/endpoint-ip.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain, labelValue, qualifiedName, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';

const addressTypes = ['FQDN', 'IPv4', 'IPv6'];
const protocols = ['SCTP', 'TCP', 'UDP'];
const maxAddresses = 100;
const maxPorts = 20_000;
const maxEndpoints = 1000;
const maxHints = 8;
const ownControllers = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io'];

function validateDomain(errors: FieldErrors, text: string, path: string): void {
  if (text === '') {
    errors.required(path);
    return;
  }
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  const faults = dnsSubdomain(name);
  const labels = name.split('.');
  if (faults.length > 0) errors.invalid(path, name, faults.join(','));
  else if (labels.length < 2)
    errors.invalid(path, name, 'should be a domain with at least two segments separated by dots');
  else {
    const bad = labels.find((label) => dnsLabel(label).length > 0);
    if (bad !== undefined) errors.invalid(path, bad, dnsLabel(bad).join(','));
  }
}

function validateAddress(errors: FieldErrors, address: string, type: string, path: string, i: number): void {
  const at = `${path}[${i}]`;
  if (type === 'FQDN') {
    validateDomain(errors, address, at);
    return;
  }
  if (type !== 'IPv4' && type !== 'IPv6') return;
  const before = errors.list.length;
  if (type === 'IPv4') validateLegacyIp(errors, at, address);
  else validateIp(errors, at, address);
  if (errors.list.length > before) return;
  if (`IPv${parseIpSloppy(address)?.family}` !== type)
    errors.invalid(path, address, `must be an ${type} address`);
  validateEndpointIp(errors, address, at);
}

function validateHints(
  errors: FieldErrors,
  { forZones = [], forNodes = [] }: EndpointHints,
  path: string,
): void {
  const check = (
    field: string,
    list: readonly { name: string }[],
    rule: (name: string) => readonly string[],
  ): boolean => {
    if (list.length > maxHints) {
      errors.tooMany(`${path}.${field}`, list.length, maxHints);
      return false;
    }
    list.forEach(({ name }, i) => {
      const at = `${path}.${field}[${i}].name`;
      if (list.findIndex((other) => other.name === name) < i) errors.duplicate(at, name);
      errors.invalids(at, name, rule(name));
    });
    return true;
  };
  if (check('forZones', forZones, labelValue)) check('forNodes', forNodes, dnsSubdomain);
}

function validateEndpoints(errors: FieldErrors, endpoints: readonly Endpoint[], type: string): void {
  if (endpoints.length > maxEndpoints) {
    errors.tooMany('endpoints', endpoints.length, maxEndpoints);
    return;
  }
  endpoints.forEach(({ addresses, nodeName, hostname, hints }, i) => {
    const path = `endpoints[${i}]`;
    const count = addresses?.length ?? 0;
    if (count === 0) errors.required(`${path}.addresses`, 'must contain at least 1 address');
    else if (count > maxAddresses) errors.tooMany(`${path}.addresses`, count, maxAddresses);
    addresses?.forEach((address, j) => {
      validateAddress(errors, address, type, `${path}.addresses`, j);
    });
    if (nodeName !== undefined) errors.invalids(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName));
    if (hostname !== undefined) errors.invalids(`${path}.hostname`, hostname, dnsLabel(hostname));
    if (hints) validateHints(errors, hints, `${path}.hints`);
  });
}

function validatePorts(errors: FieldErrors, ports: readonly EndpointPort[]): void {
  if (ports.length > maxPorts) {
    errors.tooMany('ports', ports.length, maxPorts);
    return;
  }
  const names = new Set<string>();
  ports.forEach(({ name = '', protocol, appProtocol }, i) => {
    const path = `ports[${i}]`;
    if (name !== '') errors.invalids(`${path}.name`, name, dnsLabel(name));
    if (names.has(name)) errors.duplicate(`${path}.name`, name);
    names.add(name);
    if (protocol === undefined) errors.required(`${path}.protocol`);
    else if (!protocols.includes(protocol)) errors.notSupported(`${path}.protocol`, protocol, protocols);
    if (appProtocol !== undefined)
      errors.invalids(`${path}.appProtocol`, appProtocol, qualifiedName(appProtocol));
  });
}

function validate(errors: FieldErrors, slice: EndpointSlice, old?: EndpointSlice): void {
  const type = slice.addressType;
  if (type === '') errors.required('addressType');
  else if (!addressTypes.includes(type)) errors.notSupported('addressType', type, addressTypes);
  validatePorts(errors, slice.ports ?? []);
  const found = new FieldErrors();
  validateEndpoints(found, slice.endpoints ?? [], type);
  const kept = old && !found.empty && semanticEqual(old.endpoints, slice.endpoints);
  if (!kept) errors.add(found.list);
}

function addressWarnings({ metadata, endpoints }: EndpointSlice): string[] {
  const manager = metadata.labels?.['endpointslice.kubernetes.io/managed-by'] ?? '';
  if (ownControllers.includes(manager)) return [];
  return (endpoints ?? []).flatMap(({ addresses }, i) =>
    (addresses ?? []).flatMap((address, j) => ipWarnings(`endpoints[${i}].addresses[${j}]`, address)),
  );
}

function dropTopology({ endpoints }: EndpointSlice, old?: EndpointSlice): void {
  if (old && semanticEqual(endpoints, old.endpoints)) return;
  for (const endpoint of endpoints ?? []) delete endpoint.deprecatedTopology;
}

export const endpointSlice = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  metadataChecks: ['whole'],
  nameRule: subdomainName,

  setDefaults({ ports }) {
    for (const port of ports ?? []) {
      port.name ??= '';
      port.protocol ??= 'TCP';
    }
  },

  prepareForCreate(slice) {
    firstGeneration(slice);
    dropTopology(slice);
  },
  validateCreate(slice) {
    const errors = new FieldErrors();
    validate(errors, slice);
    return errors.list;
  },
  warningsOnCreate: (slice) => [
    ...(slice.addressType === 'FQDN' ? ['spec.addressType: FQDN endpoints are deprecated'] : []),
    ...addressWarnings(slice),
  ],

  prepareForUpdate(slice, old) {
    raiseGeneration(slice, old, ['addressType', 'endpoints', 'ports']);
    const [now, before] = [slice.metadata, old.metadata];
    if (!semanticEqual(now.labels, before.labels)) now.generation = (before.generation ?? 0) + 1;
    dropTopology(slice, old);
  },
  validateUpdate(slice, old) {
    const errors = new FieldErrors();
    validate(errors, slice, old);
    validateImmutable(
      errors,
      slice.addressType,
      old.addressType,
      'addressType',
      ofNamedType(slice.addressType),
    );
    return errors.list;
  },
  warningsOnUpdate: addressWarnings,

  table: {
    columns: [
      nameColumn,
      column('AddressType', 'string', doc('discovery.k8s.io/v1.EndpointSlice.addressType')),
      column('Ports', 'string', doc('discovery.k8s.io/v1.EndpointSlice.ports')),
      column('Endpoints', 'string', doc('discovery.k8s.io/v1.EndpointSlice.endpoints')),
      ageColumn,
    ],
    row: (slice, context) => ({
      cells: [
        nameOf(slice),
        slice.addressType,
        fewOf(
          (slice.ports ?? []).map(({ port, name }) => (port === undefined ? (name ?? '*') : String(port))),
          3,
          '<unset>',
        ),
        fewOf(
          (slice.endpoints ?? []).flatMap(({ addresses }) => addresses ?? []),
          3,
          '<unset>',
        ),
        ageOf(slice, context),
      ],
    }),
  },
});
