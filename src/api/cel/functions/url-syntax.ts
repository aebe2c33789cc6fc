// URLs as Go's net/url reads them.
import { goQuote } from '../../go-text.ts';

/** The text is no URL. `message` is Go's. */
export class UrlError extends Error {}

/** The parts of a URL. */
export interface Url {
  readonly text: string;
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  /** As it was written, where that is a valid encoding. */
  readonly escapedPath: string;
  readonly query: string;
}

function wrong(text: string, why: string): never {
  throw new UrlError(`parse ${goQuote(text)}: ${why}`);
}

function decode(whole: string, text: string): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text);
  if (bad !== null) wrong(whole, `invalid URL escape ${goQuote(bad[0])}`);
  return Buffer.from(
    Buffer.from(text)
      .toString('latin1')
      .replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

function splitScheme(text: string): { scheme: string; rest: string } {
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (/[a-zA-Z]/.test(character)) continue;
    if (/[0-9+\-.]/.test(character)) {
      if (i === 0) break;
      continue;
    }
    if (character !== ':') break;
    if (i === 0) wrong(text, 'missing protocol scheme');
    return { scheme: text.slice(0, i).toLowerCase(), rest: text.slice(i + 1) };
  }
  return { scheme: '', rest: text };
}

function checkHost(whole: string, authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0) wrong(whole, "missing ']' in host");
    const port = host.slice(close + 1);
    if (port !== '' && !/^:[0-9]*$/.test(port)) wrong(whole, `invalid port ${goQuote(port)} after host`);
    return host;
  }
  const colon = host.lastIndexOf(':');
  const port = colon < 0 ? '' : host.slice(colon);
  if (port !== '' && !/^:[0-9]*$/.test(port)) wrong(whole, `invalid port ${goQuote(port)} after host`);
  const bad = /[ "<>\\^`{|}]/.exec(host);
  if (bad !== null) wrong(whole, `invalid character ${goQuote(bad[0])} in host name`);
  return decode(whole, host);
}

function escapePath(path: string, written: string): string {
  if (/^[A-Za-z0-9\-._~!$&'()*+,;=:@/[\]%]*$/.test(written)) return written;
  return path === '*'
    ? '*'
    : encodeURI(path).replace(/[?#;,]/g, (character) => encodeURIComponent(character));
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function parse(text: string, viaRequest: boolean): Url {
  if (hasControl(text)) wrong(text, 'net/url: invalid control character in URL');
  if (text === '' && viaRequest) wrong(text, 'empty url');
  if (text === '*') return { text, scheme: '', host: '', escapedPath: '*', query: '' };
  const { scheme, rest: afterScheme } = splitScheme(text);
  const mark = afterScheme.indexOf('?');
  let rest = mark < 0 ? afterScheme : afterScheme.slice(0, mark);
  const query = mark < 0 ? '' : afterScheme.slice(mark + 1);
  if (!rest.startsWith('/')) {
    if (scheme !== '') return { text, scheme, host: '', escapedPath: '', query };
    if (viaRequest) wrong(text, 'invalid URI for request');
    if (rest.split('/')[0]!.includes(':')) wrong(text, 'first path segment in URL cannot contain colon');
  }
  let host = '';
  if ((scheme !== '' || (!viaRequest && !rest.startsWith('///'))) && rest.startsWith('//')) {
    const end = rest.indexOf('/', 2);
    host = checkHost(text, end < 0 ? rest.slice(2) : rest.slice(2, end));
    rest = end < 0 ? '' : rest.slice(end);
  }
  const path = decode(text, rest);
  return { text, scheme, host, escapedPath: escapePath(path, rest), query };
}

/** Reads an absolute URL or path, as the format `uri` does; throws UrlError. */
export function parseRequestUrl(text: string): Url {
  parse(text, true);
  const hash = text.indexOf('#');
  return { ...parse(hash < 0 ? text : text.slice(0, hash), false), text };
}

/** Reads any URL, relative ones too; throws UrlError. */
export function parseUrl(text: string): Url {
  const hash = text.indexOf('#');
  return parse(hash < 0 ? text : text.slice(0, hash), false);
}

/** The host without its port and brackets. */
export function hostnameOf(host: string): string {
  if (host.startsWith('[')) return host.slice(1, host.indexOf(']'));
  const colon = host.indexOf(':');
  return colon < 0 ? host : host.slice(0, colon);
}

/** The port of a host, an empty text when there is none. */
export function portOf(host: string): string {
  return /:([0-9]*)$/.exec(host.startsWith('[') ? host.slice(host.indexOf(']') + 1) : host)?.[1] ?? '';
}
