// TokenReview and SelfSubjectReview: whose token is this, and who am I?
// Upstream: pkg/registry/authentication/{tokenreview,selfsubjectreview}/rest.go in kubernetes/kubernetes.
import type { SelfSubjectReview, TokenReview } from '#types/authentication.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import { badRequest } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import {
  type TokenAuthenticator,
  type TokenUser,
  withAuthenticatedGroup,
} from '../authentication/authenticator.ts';
import { decodeAs } from '../encoding/body.ts';
import type { UserInfo } from '../exchange.ts';
import type { Handler } from '../handlers/handler.ts';
import { writeOptionsOf } from '../request-options.ts';
import { sendValue } from '../respond.ts';
import { admitReview, receiveReview } from './review-admission.ts';

const group = 'authentication.k8s.io';

/** Which tokens are known, and the audience of the API server. */
export interface ReviewedTokens {
  readonly authenticators: readonly TokenAuthenticator[];
  readonly audience: string;
}

/** meta of authentication/v1 UserInfo, empty parts left out. */
function userInfo(user: UserInfo): Record<string, unknown> {
  return {
    username: user.name,
    ...(user.uid !== '' && { uid: user.uid }),
    ...(user.groups.length > 0 && { groups: user.groups }),
    ...(Object.keys(user.extra).length > 0 && { extra: user.extra }),
  };
}

/** Tokens that know of no audiences are good for `audience`, the API server's own. Upstream: audagnostic.go. */
async function authenticate(
  token: string,
  audiences: readonly string[],
  { authenticators, audience }: ReviewedTokens,
): Promise<TokenUser | string> {
  const failures: string[] = ['invalid bearer token'];
  for (const authenticator of authenticators) {
    try {
      const found = await authenticator.authenticate(token, audiences);
      if (found?.audiences) return found;
      if (found && audiences.includes(audience)) return { ...found, audiences: [audience] };
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return failures.length === 1 ? failures[0]! : `[${failures.join(', ')}]`;
}

/** POST of tokenreviews. */
export function tokenReviewHandler(tokens: ReviewedTokens): Handler {
  const ref = `${group}/v1.TokenReview`;
  return async (exchange, resource, context) => {
    const options = writeOptionsOf(exchange.query, 'CreateOptions');
    const given = decodeAs(
      exchange,
      ref,
      `${group}/v1`,
      'TokenReview',
      options.fieldValidation,
    ) as TokenReview & KubeObject;
    receiveReview(exchange, resource, context, given, options.fieldManager);
    const { review: asked, validate } = await admitReview(exchange, resource, context, given, options.dryRun);
    const { token = '', audiences: named } = asked.spec;
    if (token === '') throw badRequest('token is required for TokenReview in authentication');
    await validate();
    const wanted = named && named.length > 0 ? named : [tokens.audience];
    const found = await authenticate(token, wanted, tokens);
    // of a status that was sent stays what has no answer
    const { authenticated: _, ...sent } = asked.status ?? { user: {} };
    let status: Record<string, unknown>;
    if (typeof found === 'string') status = { ...sent, error: found };
    else {
      const { user, audiences } = found;
      status = { authenticated: true, ...sent, user: userInfo(withAuthenticatedGroup(user)), audiences };
    }
    sendValue(exchange, 201, ref, { ...asked, status });
  };
}

/** POST of selfsubjectreviews. */
export const selfSubjectReviewHandler: Handler = async (exchange, resource, context) => {
  const ref = `${group}/v1.SelfSubjectReview`;
  const options = writeOptionsOf(exchange.query, 'CreateOptions');
  const given = decodeAs(
    exchange,
    ref,
    `${group}/v1`,
    'SelfSubjectReview',
    options.fieldValidation,
  ) as SelfSubjectReview & KubeObject;
  receiveReview(exchange, resource, context, given, options.fieldManager);
  const { review: asked, validate } = await admitReview(exchange, resource, context, given, options.dryRun);
  await validate();
  // nothing of what was sent comes back
  const metadata = { creationTimestamp: formatTime(context.clock.now()) };
  sendValue(exchange, 201, ref, {
    kind: asked.kind,
    apiVersion: asked.apiVersion,
    metadata,
    status: { userInfo: userInfo(exchange.user) },
  });
};
