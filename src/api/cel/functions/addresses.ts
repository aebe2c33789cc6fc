// IP addresses and CIDRs. Upstream: k8s.io/apiserver/pkg/cel/library/{ip,cidr}.go.
import { goQuote } from '../../go-text.ts';
import { EvaluationError, type OpaqueValue, type Value } from '../values/value.ts';
import {
  type Address,
  AddressError,
  addressText,
  isFourInSix,
  maskedBytes,
  type Prefix,
  parseAddress,
  parsePrefix,
} from './address-syntax.ts';

/** An address as a value. `byteSize` is what costs count. */
class IpValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'net.IP';
  readonly address: Address;

  constructor(address: Address) {
    this.address = address;
  }

  get byteSize(): number {
    return this.address.bytes.length;
  }

  equals(other: OpaqueValue): Value {
    return other instanceof IpValue && addressText(this.address) === addressText(other.address);
  }
}

/** A network as a value. */
class CidrValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'net.CIDR';
  readonly prefix: Prefix;

  constructor(prefix: Prefix) {
    this.prefix = prefix;
  }

  get byteSize(): number {
    return Math.ceil(this.prefix.bits / 8);
  }

  equals(other: OpaqueValue): Value {
    return other instanceof CidrValue && prefixText(this.prefix) === prefixText(other.prefix);
  }
}

function prefixText({ address, bits }: Prefix): string {
  return `${addressText(address)}/${bits}`;
}

function orError(make: () => Value, prefix: string): Value {
  try {
    return make();
  } catch (error) {
    if (error instanceof AddressError) return new EvaluationError(prefix + error.message);
    throw error;
  }
}

function ip(text: string): Value {
  return orError(
    () => {
      const address = parseAddress(text);
      if (address.zone !== '')
        return new EvaluationError(`IP address ${goQuote(text)} with zone value is not allowed`);
      if (isFourInSix(address))
        return new EvaluationError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
      return new IpValue(address);
    },
    `IP Address ${goQuote(text)} parse error during conversion from string: `,
  );
}

const cidrPrefix = 'network address parse error during conversion from string: ';

function cidr(text: string): Value {
  return orError(() => {
    const prefix = parsePrefix(text);
    if (isFourInSix(prefix.address))
      return new EvaluationError(`${cidrPrefix}IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`);
    return new CidrValue(prefix);
  }, cidrPrefix + cidrPrefix);
}

function isCanonical(text: string): Value {
  const value = ip(text);
  return value instanceof IpValue ? addressText(value.address) === text : value;
}

function inNetwork({ address, bits }: Prefix, other: Address): boolean {
  if (address.bytes.length !== other.bytes.length) return false;
  const network = maskedBytes(address.bytes, bits);
  return maskedBytes(other.bytes, bits).every((byte, i) => byte === network[i]);
}

function containsIp(network: CidrValue, other: Value): Value {
  return other instanceof IpValue ? inNetwork(network.prefix, other.address) : other;
}

function containsCidr(network: CidrValue, other: Value): Value {
  if (!(other instanceof CidrValue)) return other;
  return network.prefix.bits <= other.prefix.bits && inNetwork(network.prefix, other.prefix.address);
}

function masked({ prefix }: CidrValue): Value {
  const bytes = maskedBytes(prefix.address.bytes, prefix.bits);
  return new CidrValue({ address: { bytes, zone: '' }, bits: prefix.bits });
}

type Test = (bytes: readonly number[]) => boolean;
const isFour: Test = (bytes) => bytes.length === 4;
const isZero: Test = (bytes) => bytes.every((byte) => byte === 0);
const isLoopback: Test = (bytes) =>
  isFour(bytes) ? bytes[0] === 127 : isZero(bytes.slice(0, 15)) && bytes[15] === 1;
const isMulticast: Test = (bytes) => (isFour(bytes) ? (bytes[0]! & 0xf0) === 0xe0 : bytes[0] === 0xff);
const isLinkLocalMulticast: Test = (bytes) =>
  isFour(bytes)
    ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0
    : bytes[0] === 0xff && (bytes[1]! & 0x0f) === 2;
const isLinkLocalUnicast: Test = (bytes) =>
  isFour(bytes) ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
const isBroadcast: Test = (bytes) => isFour(bytes) && bytes.every((byte) => byte === 255);
const isGlobalUnicast: Test = (bytes) =>
  !isBroadcast(bytes) &&
  !isZero(bytes) &&
  !isLoopback(bytes) &&
  !isMulticast(bytes) &&
  !isLinkLocalUnicast(bytes);

function test(holds: Test) {
  return ({ address }: IpValue): Value => holds(address.bytes);
}

export const addressFunctions = {
  string_to_ip: ip,
  is_ip: (text: string) => ip(text) instanceof IpValue,
  ip_is_canonical: isCanonical,
  ip_to_string: ({ address }: IpValue) => addressText(address),
  ip_family: ({ address }: IpValue) => (isFour(address.bytes) ? 4n : 6n),
  ip_is_unspecified: test(isZero),
  ip_is_loopback: test(isLoopback),
  ip_is_link_local_multicast: test(isLinkLocalMulticast),
  ip_is_link_local_unicast: test(isLinkLocalUnicast),
  ip_is_global_unicast: test(isGlobalUnicast),
  string_to_cidr: cidr,
  is_cidr: (text: string) => cidr(text) instanceof CidrValue,
  cidr_to_string: ({ prefix }: CidrValue) => prefixText(prefix),
  cidr_ip: ({ prefix }: CidrValue) => new IpValue(prefix.address),
  cidr_masked: masked,
  cidr_prefix_length: ({ prefix }: CidrValue) => BigInt(prefix.bits),
  cidr_contains_ip_ip: containsIp,
  cidr_contains_ip_string: (network: CidrValue, text: string) => containsIp(network, ip(text)),
  cidr_contains_cidr: containsCidr,
  cidr_contains_cidr_string: (network: CidrValue, text: string) => containsCidr(network, cidr(text)),
};
