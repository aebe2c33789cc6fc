// The names that a certificate was issued for besides its subject.
// Upstream: DNSNames and EmailAddresses of Go's crypto/x509, ParseAddress of Go's net/mail.
import type { X509Certificate } from 'node:crypto';

// Node prints `DNS:a, email:b`, and quotes what has other characters as JSON does.
const entry = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** DNS names and mail addresses of a certificate. */
export function alternativeNames({ subjectAltName = '' }: X509Certificate): {
  dns: string[];
  mail: string[];
} {
  const found: { dns: string[]; mail: string[] } = { dns: [], mail: [] };
  for (const [, type, printed = ''] of subjectAltName.matchAll(entry)) {
    const name = printed.startsWith('"') ? (JSON.parse(printed) as string) : printed;
    if (type === 'DNS') found.dns.push(name);
    else if (type === 'email') found.mail.push(name);
  }
  return found;
}

const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uffff-]+";
const dotted = `${atom}(?:\\.${atom})*`;
const quoted = '"(?:[^"\\\\]|\\\\.)*"';
const address = `(?:${dotted}|${quoted})@(?:${dotted}|\\[[^\\]]*\\])`;
const phrase = `(?:(?:${atom}|${quoted}|\\.)\\s*)*`;
const mailbox = new RegExp(`^\\s*(?:${address}|${phrase}<${address}>)\\s*$`);

/** Whether a text is one address, with or without a name before it. */
export function isMailAddress(text: string): boolean {
  return mailbox.test(text);
}
