// The order of ports in endpoints: by a hash of the Go struct's dump, as everywhere where upstream canonicalises them.
// Upstream: portsInOrder in k8s.io/endpointslice/util, portsByHash in pkg/api/v1/endpoints/util.go.
const offset = 0x6c62272e07bb014262b821756295c58dn;
const prime = 0x0000000001000000000000000000013bn;

/** FNV-128a, 32 hexadecimal digits. */
function fnv128a(text: string): string {
  let hash = offset;
  for (const byte of Buffer.from(text)) hash = BigInt.asUintN(128, (hash ^ BigInt(byte)) * prime);
  return hash.toString(16).padStart(32, '0');
}

/** A port of an EndpointSlice or of Endpoints. */
export interface EndpointPort {
  readonly name?: string;
  readonly port?: number;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

const known = new Map<string, string>();

function hashOf(dump: string): string {
  let hash = known.get(dump);
  if (hash === undefined) {
    // ports are few; what a hostile user makes shall not fill the memory
    if (known.size > 1000) known.clear();
    hash = fnv128a(dump);
    known.set(dump, hash);
  }
  return hash;
}

const pointer = (value: unknown): string => (value === undefined ? '<nil>' : String(value));

function sliceDump({ name, protocol, port, appProtocol }: EndpointPort): string {
  return `(v1.EndpointPort){Name:(*string)${pointer(name)} Protocol:(*v1.Protocol)${pointer(protocol)} Port:(*int32)${pointer(port)} AppProtocol:(*string)${pointer(appProtocol)}}`;
}

function endpointsDump({ name = '', port = 0, protocol = '', appProtocol }: EndpointPort): string {
  return `(v1.EndpointPort){Name:(string)${name} Port:(int32)${port} Protocol:(v1.Protocol)${protocol} AppProtocol:(*string)${pointer(appProtocol)}}`;
}

function sorted<P extends EndpointPort>(ports: readonly P[], dump: (port: P) => string): P[] {
  const keyed = ports.map((port) => ({ port, hash: hashOf(dump(port)) }));
  return keyed.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0)).map((k) => k.port);
}

/** The ports of an EndpointSlice in upstream's order. */
export function sortSlicePorts<P extends EndpointPort>(ports: readonly P[]): P[] {
  return sorted(ports, sliceDump);
}

/** The ports of a subset of Endpoints in upstream's order. */
export function sortSubsetPorts<P extends EndpointPort>(ports: readonly P[]): P[] {
  return sorted(ports, endpointsDump);
}
