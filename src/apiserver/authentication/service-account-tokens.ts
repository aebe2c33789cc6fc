// JWTs of service accounts: signed for TokenRequests, checked for requests.
// Upstream: pkg/serviceaccount/{claims,jwt}.go in kubernetes/kubernetes.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK, JWTPayload } from 'jose';
import type { Clock, Random } from '../../api/clock.ts';
import type { KubeObject } from '../../api/object.ts';
import { parseTime } from '../../api/time.ts';
import type { TokenAuthenticator, TokenUser } from './authenticator.ts';

/** An object that a token is bound to. */
export interface BoundReference {
  name: string;
  uid: string;
}

/** The private claims, under `kubernetes.io`. */
export interface KubernetesClaims {
  namespace: string;
  serviceaccount: BoundReference;
  pod?: BoundReference;
  secret?: BoundReference;
  node?: { name: string; uid?: string };
  warnafter?: number;
}

/** Where tokens look up what they are bound to. */
export type ObjectGetter = (
  resource: 'serviceaccounts' | 'pods' | 'secrets' | 'nodes' | 'services' | 'endpoints',
  namespace: string,
  name: string,
) => KubeObject | undefined;

/** Signs and checks tokens. */
export interface ServiceAccountTokens extends TokenAuthenticator {
  readonly issuer: string;
  sign(
    claims: KubernetesClaims,
    audiences: readonly string[],
    expirationSeconds: number,
  ): Promise<{ token: string; expires: number }>;
  /** The public keys as a JSON Web Key Set, and the algorithm's name. */
  keySet(): Promise<{ keys: JWK[]; algorithm: string }>;
}

export interface ServiceAccountTokenOptions {
  issuer: string;
  /** PEM of the signing key: RSA (RS256) or EC P-256 (ES256). */
  signingKey: string;
  /** Further PEMs, public or private, whose tokens are good. */
  verificationKeys?: readonly string[];
  clock: Clock;
  random: Random;
  lookup: ObjectGetter;
}

const cacheLimit = 10_000;

/** Key id as upstream computes it: SHA-256 of the public key's DER, base64url. */
function keyId(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
}

function algorithmOf(key: KeyObject): string {
  return key.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256';
}

function publicKeyOf(pem: string): KeyObject {
  return createPublicKey(pem);
}

/** Whether what the token is bound to still exists. Throws the reason when not. */
function checkBinding(claims: KubernetesClaims, lookup: ObjectGetter, now: number): void {
  const { namespace, serviceaccount } = claims;
  const alive = (object: KubeObject | undefined, bound: BoundReference, what: string): void => {
    if (object === undefined || object.metadata.uid !== bound.uid)
      throw new Error(`${what} has been deleted or replaced`);
    const deletion = object.metadata.deletionTimestamp;
    // a minute of grace lets a terminating pod finish its calls; upstream's jwt.DefaultLeeway
    if (deletion && parseTime(deletion) + 60_000 < now) throw new Error(`${what} has been deleted`);
  };
  alive(lookup('serviceaccounts', namespace, serviceaccount.name), serviceaccount, 'service account');
  if (claims.pod) alive(lookup('pods', namespace, claims.pod.name), claims.pod, 'pod');
  if (claims.secret) alive(lookup('secrets', namespace, claims.secret.name), claims.secret, 'secret');
}

function userOf(claims: KubernetesClaims, id: string | undefined): TokenUser['user'] {
  const { namespace, serviceaccount, pod, node } = claims;
  const extra: Record<string, string[]> = {};
  if (id) extra['authentication.kubernetes.io/credential-id'] = [`JTI=${id}`];
  if (pod) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name];
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid];
  }
  if (node) {
    extra['authentication.kubernetes.io/node-name'] = [node.name];
    if (node.uid) extra['authentication.kubernetes.io/node-uid'] = [node.uid];
  }
  return {
    name: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra,
  };
}

type Claims = JWTPayload & { 'kubernetes.io'?: KubernetesClaims };

/** The issuer named by a token without checking anything else. */
function issuerOf(token: string): unknown {
  const part = token.split('.')[1];
  if (part === undefined) return undefined;
  try {
    return (JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as { iss?: unknown }).iss;
  } catch {
    return undefined;
  }
}

/** Tokens of one issuer. The JWT library is loaded with the first token, not at start. */
export function serviceAccountTokens(options: ServiceAccountTokenOptions): ServiceAccountTokens {
  const { issuer, clock, random, lookup } = options;
  const privateKey = createPrivateKey(options.signingKey);
  const keys = [options.signingKey, ...(options.verificationKeys ?? [])].map(publicKeyOf);
  const byId = new Map(keys.map((key) => [keyId(key), key]));
  const verified = new Map<string, Claims>();

  async function verify(token: string): Promise<Claims> {
    const known = verified.get(token);
    if (known) return known;
    const { jwtVerify, decodeProtectedHeader } = await import('jose');
    const { kid } = decodeProtectedHeader(token);
    const candidates = kid !== undefined && byId.has(kid) ? [byId.get(kid)!] : [...byId.values()];
    let failure: unknown = new Error('no key');
    for (const key of candidates) {
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer,
          currentDate: new Date(clock.now()),
          algorithms: [algorithmOf(key)],
        });
        if (verified.size >= cacheLimit) verified.clear();
        verified.set(token, payload as Claims);
        return payload as Claims;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return {
    issuer,
    async sign(claims, audiences, expirationSeconds) {
      const { SignJWT } = await import('jose');
      const now = Math.floor(clock.now() / 1000);
      const expires = now + expirationSeconds;
      const token = await new SignJWT({ 'kubernetes.io': claims } as JWTPayload)
        .setProtectedHeader({ alg: algorithmOf(privateKey), kid: keyId(createPublicKey(options.signingKey)) })
        .setAudience([...audiences])
        .setIssuer(issuer)
        .setSubject(`system:serviceaccount:${claims.namespace}:${claims.serviceaccount.name}`)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(expires)
        .setJti(random.uuid())
        .sign(privateKey);
      return { token, expires: expires * 1000 };
    },
    async authenticate(token, audiences = [issuer]) {
      if (issuerOf(token) !== issuer) return undefined;
      const payload = await verify(token);
      const claims = payload['kubernetes.io'];
      if (!claims) throw new Error('token has no kubernetes.io claims');
      const now = clock.now();
      if ((payload.exp ?? 0) * 1000 <= now) throw new Error('service account token has expired');
      const given = payload.aud === undefined ? [] : [payload.aud].flat();
      const common = given.filter((a) => audiences.includes(a));
      if (common.length === 0) {
        const show = (list: readonly string[]): string => `[${list.map((a) => JSON.stringify(a)).join(' ')}]`;
        throw new Error(
          `token audiences ${show(given)} is invalid for the target audiences ${show(audiences)}`,
        );
      }
      checkBinding(claims, lookup, now);
      return { user: userOf(claims, payload.jti), audiences: common };
    },
    async keySet() {
      const { exportJWK } = await import('jose');
      const jwks = await Promise.all(
        [...byId].map(async ([kid, key]): Promise<JWK> => {
          const { kty, ...values } = await exportJWK(key);
          return { use: 'sig', kty, kid, alg: algorithmOf(key), ...values };
        }),
      );
      return { keys: jwks, algorithm: algorithmOf(privateKey) };
    },
  };
}
