// PKCS#10 certificate requests in DER: their public key, and whether they are signed with it. Synchronous, so by hand on top of
// node:crypto.
// Upstream: ParseCertificateRequest and CheckSignature of Go's crypto/x509.
import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';

interface Element {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length too. */
  readonly whole: Buffer;
}

const sequence = 0x30;
const integer = 0x02;
const bitString = 0x03;
const objectIdentifier = 0x06;
/** What is said of DER that ends too early or has other parts. */
export const malformed = 'asn1: syntax error: data truncated';

function readElements(der: Buffer): Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < der.length) {
    const start = at;
    const tag = der[at++]!;
    let length = der[at++] ?? Number.NaN;
    if (length > 0x80) {
      const bytes = length & 0x7f;
      length = 0;
      for (let i = 0; i < bytes; i++) length = length * 256 + (der[at++] ?? Number.NaN);
    }
    if (!(at + length <= der.length)) throw new Error(malformed);
    elements.push({ tag, content: der.subarray(at, at + length), whole: der.subarray(start, at + length) });
    at += length;
  }
  return elements;
}

function child(parent: Element | undefined, index: number, tag: number): Element {
  const found = parent && readElements(parent.content)[index];
  if (!found || found.tag !== tag) throw new Error(malformed);
  return found;
}

// Digest and the complaint about a bad signature, by the algorithm's object identifier in hexadecimal.
const rsa = 'crypto/rsa: verification error';
const ecdsa = 'x509: ECDSA verification failure';
const algorithms: Readonly<Record<string, readonly [digest: string | null, fault: string]>> = {
  '2a864886f70d010105': ['sha1', rsa],
  '2a864886f70d01010b': ['sha256', rsa],
  '2a864886f70d01010c': ['sha384', rsa],
  '2a864886f70d01010d': ['sha512', rsa],
  '2a8648ce3d040302': ['sha256', ecdsa],
  '2a8648ce3d040303': ['sha384', ecdsa],
  '2a8648ce3d040304': ['sha512', ecdsa],
  '2b6570': [null, 'x509: Ed25519 verification failure'],
};
const pss = '2a864886f70d01010a';
const pssDigests: Readonly<Record<string, string>> = {
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};
const unimplemented = 'x509: cannot verify signature: algorithm unimplemented';

/** The digest of RSASSA-PSS parameters: the first of them, in its own tag. */
function pssDigest(parameters: Element | undefined): string | undefined {
  const first = parameters && readElements(parameters.content)[0];
  if (first?.tag !== 0xa0) return undefined;
  const name = child(readElements(first.content)[0], 0, objectIdentifier);
  return pssDigests[name.content.toString('hex')];
}

/** A request that could be read. */
export interface CertificateRequest {
  /** The subject's key; undefined where its algorithm is not known. */
  readonly publicKey: KeyObject | undefined;
  /** The organizations of the subject. */
  readonly organizations: readonly string[];
  /** What is wrong with the signature, as Go says it; undefined when nothing is. */
  signatureFault(): string | undefined;
}

// A key's algorithms that Go knows, others are read without their key.
const keyAlgorithms = new Set(['2a864886f70d010101', '2a8648ce3d0201', '2b6570', '2b656e', '2a8648ce380401']);

function readKey(info: Element): KeyObject | undefined {
  const key = child(info, 2, sequence);
  const algorithm = child(child(key, 0, sequence), 0, objectIdentifier).content.toString('hex');
  if (!keyAlgorithms.has(algorithm)) return undefined;
  return createPublicKey({ key: key.whole, format: 'der', type: 'spki' });
}

const organization = '55040a';

/** The organizations in a name: sets of attributes, each with its type and its value. */
function organizationsOf(name: Element): string[] {
  return readElements(name.content)
    .flatMap((set) => readElements(set.content))
    .map((attribute) => readElements(attribute.content))
    .filter(([type]) => type?.tag === objectIdentifier && type.content.toString('hex') === organization)
    .map(([, value]) => value?.content.toString('utf8') ?? '');
}

/** Reads a request. Throws Error where the bytes are none. */
export function readCertificateRequest(der: Buffer): CertificateRequest {
  const elements = readElements(der);
  const [request] = elements;
  if (request?.tag !== sequence || elements.length !== 1) throw new Error(malformed);
  const info = child(request, 0, sequence);
  child(info, 0, integer);
  const subject = child(info, 1, sequence);
  const algorithm = readElements(child(request, 1, sequence).content);
  const signature = child(request, 2, bitString).content.subarray(1);
  const publicKey = readKey(info);
  return {
    publicKey,
    organizations: organizationsOf(subject),
    signatureFault() {
      const name = algorithm[0]?.content.toString('hex') ?? '';
      const isPss = name === pss;
      const digest = isPss ? pssDigest(algorithm[1]) : undefined;
      const known = isPss ? digest && ([digest, rsa] as const) : algorithms[name];
      if (!known || !publicKey) return unimplemented;
      const [hash, fault] = known;
      const padding = isPss ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
      try {
        return verify(hash, info.whole, { key: publicKey, ...padding }, signature) ? undefined : fault;
      } catch {
        return fault;
      }
    },
  };
}

/** The public key of a PKIX structure in DER; undefined where it is none. */
export function publicKeyOf(der: Buffer): KeyObject | undefined {
  try {
    if (readElements(der).length !== 1) return undefined;
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const { asymmetricKeyType: type } = key;
    // Go knows neither these types nor other curves
    if (!['rsa', 'ec', 'ed25519', 'x25519', 'dsa'].includes(type ?? '')) return undefined;
    return type === 'ec' && curveOf(key) === '' ? undefined : key;
  } catch {
    return undefined;
  }
}

const curveNames: Readonly<Record<string, string>> = {
  secp224r1: 'P-224',
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

/** Go's name of an elliptic key's curve. */
export function curveOf({ asymmetricKeyDetails: details }: KeyObject): string {
  return curveNames[details?.namedCurve ?? ''] ?? '';
}
