// The cluster's own certificate authority and what it signs: X.509 v3; EC P-256 keys, but for the administrator's.
// The X.509 library is loaded only when something must be signed: later starts read PEM files.
import { createPrivateKey, createPublicKey, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import type { Clock } from '../api/clock.ts';

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate is for. */
export interface Subject {
  readonly commonName: string;
  readonly organizations?: readonly string[];
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
} as const;
const day = 24 * 3600 * 1000;
const authorityLifetime = 3650 * day;
const leafLifetime = 365 * day;
// Certificates are good from a little earlier: clocks differ.
const leeway = 3600 * 1000;

type X509 = typeof import('@peculiar/x509');
type X509Extension = InstanceType<X509['Extension']>;
type Crypto = Parameters<X509['cryptoProvider']['set']>[0];
let loaded: Promise<X509> | undefined;

async function library(): Promise<X509> {
  loaded ??= (async () => {
    // The library's container reads decorator metadata; this must be there first.
    await import('reflect-metadata');
    const x509 = await import('@peculiar/x509');
    x509.cryptoProvider.set(webcrypto as unknown as Crypto);
    return x509;
  })();
  return loaded;
}

/** A positive serial number of 127 random bits. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** Keys that a certificate is made for. */
export interface Keys {
  readonly keys: webcrypto.CryptoKeyPair;
  /** The private one. */
  readonly pem: string;
}

async function exported(keys: webcrypto.CryptoKeyPair, type: 'pkcs8' | 'pkcs1'): Promise<Keys> {
  const der = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { keys, pem: key.export({ type, format: 'pem' }) as string };
}

async function generateKeys(): Promise<Keys> {
  return exported(await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']), 'pkcs8');
}

/**
 * RSA keys in the form that kubeadm writes, PKCS #1, for kubeconfigs: Java's clients cannot read others without a library
 * that few have. Making them takes a tenth of a second on another thread, so begin early.
 */
export async function generateRsaKeys(): Promise<Keys> {
  return exported(await webcrypto.subtle.generateKey(rsa, true, ['sign', 'verify']), 'pkcs1');
}

function nameOf({ commonName, organizations }: Subject): Record<string, string[]>[] {
  return [...(organizations ?? []).map((o) => ({ O: [o] })), { CN: [commonName] }];
}

/** A PEM key pair for signing tokens: EC P-256, so ES256. */
export async function generateSigningKey(): Promise<string> {
  return (await generateKeys()).pem;
}

/** The public part of a PEM key. */
export function publicKeyOf(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }) as string;
}

/** Makes a new authority. */
export async function createAuthority(commonName: string, clock: Clock): Promise<KeyPair> {
  const x509 = await library();
  const { keys, pem } = await generateKeys();
  const now = clock.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf({ commonName }),
    notBefore: new Date(now - leeway),
    notAfter: new Date(now + authorityLifetime),
    signingAlgorithm: algorithm,
    keys: keys as never,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature |
          x509.KeyUsageFlags.keyEncipherment |
          x509.KeyUsageFlags.keyCertSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey as never),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: pem };
}

/** What a certificate may be used for. */
export type Usage = { server: readonly string[] } | 'client';

/** Signs a certificate; `{server: [names and addresses]}` for serving, 'client' for users. Default: for new EC keys. */
export async function issueCertificate(
  authority: KeyPair,
  subject: Subject,
  usage: Usage,
  clock: Clock,
  keyed: Promise<Keys> = generateKeys(),
): Promise<KeyPair> {
  const [x509, { keys, pem }] = await Promise.all([library(), keyed]);
  const der = createPrivateKey(authority.key).export({ type: 'pkcs8', format: 'der' });
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
  const issuer = new x509.X509Certificate(authority.certificate);
  const now = clock.now();
  const isServer = usage !== 'client';
  const purpose = isServer ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const extensions: X509Extension[] = [
    new x509.KeyUsagesExtension(
      x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
      true,
    ),
    new x509.ExtendedKeyUsageExtension([purpose]),
    new x509.BasicConstraintsExtension(false, undefined, true),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  ];
  if (isServer) {
    const isAddress = (name: string): boolean => /^[\d.]+$/.test(name) || name.includes(':');
    const names = usage.server.map((value) => ({
      type: isAddress(value) ? ('ip' as const) : ('dns' as const),
      value,
    }));
    extensions.push(new x509.SubjectAlternativeNameExtension(names));
  }
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(subject),
    issuer: issuer.subject,
    notBefore: new Date(now - leeway),
    notAfter: new Date(now + leafLifetime),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey as never,
    signingKey: signingKey as never,
    extensions,
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: pem };
}

/** Whether a serving certificate is still good for these names, was signed by the authority and lasts another month. */
export function isServingFor(
  pair: KeyPair,
  authority: KeyPair,
  names: readonly string[],
  clock: Clock,
): boolean {
  const certificate = new X509Certificate(pair.certificate);
  if (new Date(certificate.validTo).getTime() < clock.now() + 30 * day) return false;
  if (!certificate.checkIssued(new X509Certificate(authority.certificate))) return false;
  return names.every(
    (name) => certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined,
  );
}
