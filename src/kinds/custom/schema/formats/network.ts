// Names and addresses of networks as formats of strings.
// Upstream: k8s.io/kube-openapi/pkg/validation/strfmt/default.go, Go's net and net/url.
import { isIPv6 } from 'node:net';
import { parseCidrSloppy, parseIpSloppy } from '../../../validation/addresses.ts';

const hostname =
  /^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9\-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$/u;

/** A host name; letters and symbols of any script. */
export function isHostname(text: string): boolean {
  if (Buffer.byteLength(text) > 255) return false;
  return hostname.test(text) && text.split('.').every((label) => Buffer.byteLength(label) <= 63);
}

/** An address with a dot that Go reads, leading zeros and ::ffff:1.2.3.4 too. */
export function isIpv4(text: string): boolean {
  return text.includes('.') && parseIpSloppy(text) !== undefined;
}

/** An IPv6 address. */
export function isIpv6(text: string): boolean {
  return !text.includes('%') && isIPv6(text);
}

/** An address and the bits of its mask. */
export function isCidr(text: string): boolean {
  return parseCidrSloppy(text) !== undefined;
}

const macForms = [6, 8, 20].flatMap((bytes) => [
  new RegExp(`^(?:[0-9a-fA-F]{2}:){${bytes - 1}}[0-9a-fA-F]{2}$`),
  new RegExp(`^(?:[0-9a-fA-F]{2}-){${bytes - 1}}[0-9a-fA-F]{2}$`),
  new RegExp(`^(?:[0-9a-fA-F]{4}\\.){${bytes / 2 - 1}}[0-9a-fA-F]{4}$`),
  new RegExp(`^[0-9a-fA-F]{${bytes * 2}}$`),
]);

/** A hardware address of 6, 8 or 20 bytes, joined by colons, dashes, dots or nothing. */
export function isMac(text: string): boolean {
  return macForms.some((form) => form.test(text));
}

/** Percent signs are followed by two hexadecimal digits. */
function escapesWell(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text);
}

// What an authority's host may hold unescaped. Upstream: net/url shouldEscape and validEncoded.
const hostBytes = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\x80-\u{10ffff}%]*$/u;
const userBytes = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;

function isPort(text: string): boolean {
  return text === '' || /^:[0-9]*$/.test(text);
}

function isBracketedHost(host: string): boolean {
  const end = host.lastIndexOf(']');
  if (end < 0 || !isPort(host.slice(end + 1))) return false;
  const inside = host.slice(1, end);
  const zone = inside.indexOf('%25');
  if (zone < 0) return isIPv6(inside) && !inside.includes('%');
  const name = inside.slice(zone + 3);
  return isIPv6(inside.slice(0, zone)) && name !== '' && hostBytes.test(name) && escapesZone(name);
}

/** A zone may escape what it could write as it is, and a blank. */
function escapesZone(zone: string): boolean {
  if (!escapesWell(zone)) return false;
  return [...zone.matchAll(/%([0-9a-fA-F]{2})/g)].every(([, digits]) => {
    const code = Number.parseInt(digits!, 16);
    return code === 0x20 || code === 0x25 || (code < 0x80 && hostBytes.test(String.fromCharCode(code)));
  });
}

function isHost(host: string, strictColons: boolean): boolean {
  if (host.lastIndexOf('[') > 0) return false;
  if (host.startsWith('[')) return isBracketedHost(host);
  const colon = strictColons ? host.indexOf(':') : host.lastIndexOf(':');
  if (colon >= 0 && !isPort(host.slice(colon))) return false;
  // Only bytes outside of ASCII may be escaped in a host.
  return hostBytes.test(host) && !/%(?![89a-fA-F][0-9a-fA-F]|25)/.test(host);
}

function isAuthority(authority: string, scheme: string): boolean {
  const at = authority.lastIndexOf('@');
  const web = scheme === 'http' || scheme === 'https';
  if (!isHost(authority.slice(at + 1), web)) return false;
  const user = authority.slice(0, Math.max(at, 0));
  return userBytes.test(user) && escapesWell(user);
}

/** What Go's url.ParseRequestURI takes: an absolute URI or an absolute path, a fragment not told apart. */
export function isRequestUri(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (text === '' || text.startsWith(':') || /[\x00-\x1f\x7f]/.test(text)) return false;
  if (text === '*') return true;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*(?=:)/.exec(text)?.[0] ?? '';
  const rest = (scheme === '' ? text : text.slice(scheme.length + 1)).split('?', 1)[0]!;
  if (!rest.startsWith('/')) return scheme !== '';
  if (scheme === '' || !rest.startsWith('//')) return escapesWell(rest);
  const slash = rest.indexOf('/', 2);
  const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
  return isAuthority(authority, scheme.toLowerCase()) && (slash < 0 || escapesWell(rest.slice(slash)));
}
