// serviceaccounts/token: a signed token for a service account, bound to an object where asked.
// Upstream: TokenREST in pkg/registry/core/serviceaccount/storage/token.go in kubernetes/kubernetes.
import type { TokenRequest } from '#types/authentication.k8s.io_v1';
import { type FieldError, invalid } from '../../api/field-error.ts';
import { path } from '../../api/field-path.ts';
import { goQuote } from '../../api/go-text.ts';
import type { KubeObject } from '../../api/object.ts';
import { badRequest, conflict, invalidObject, notFound } from '../../api/status.ts';
import { formatTime } from '../../api/time.ts';
import { writerOf } from '../apply/field-managers.ts';
import type {
  KubernetesClaims,
  ObjectGetter,
  ServiceAccountTokens,
} from '../authentication/service-account-tokens.ts';
import { decodeAs } from '../encoding/body.ts';
import { admitBody } from '../handlers/body-admission.ts';
import { writeOptionsOf } from '../request-options.ts';
import { sendValue } from '../respond.ts';
import type { SubresourceModule } from './subresource.ts';

const hour = 3600;
const maxSeconds = 1 << 30;
const minSeconds = 600;
/** Asked for by the projected volume; such tokens live for a year and warn after the asked time. */
const projectedSeconds = hour + 7;

function check(request: TokenRequest): void {
  const errors: FieldError[] = [];
  const seconds = request.spec.expirationSeconds ?? hour;
  const field = path('spec', 'expirationSeconds');
  if (seconds < minSeconds)
    errors.push(invalid(field, seconds, 'may not specify a duration less than 10 minutes'));
  if (seconds > 2 ** 32)
    errors.push(invalid(field, seconds, 'may not specify a duration larger than 2^32 seconds'));
  if (errors.length > 0)
    throw invalidObject(
      { group: 'authentication.k8s.io', kind: 'TokenRequest' },
      request.metadata.name ?? '',
      errors,
    );
}

/** What is read of a pod. */
interface PodSpec {
  nodeName?: string;
  serviceAccountName?: string;
}

function bind(claims: KubernetesClaims, request: TokenRequest, lookup: ObjectGetter): void {
  const { namespace, serviceaccount } = claims;
  const reference = request.spec.boundObjectRef;
  if (!reference) return;
  const kinds = { Pod: 'pods', Secret: 'secrets', Node: 'nodes' } as const;
  const plural = reference.apiVersion === 'v1' ? kinds[reference.kind as keyof typeof kinds] : undefined;
  if (plural === undefined) {
    const gv = reference.apiVersion?.includes('/') ? reference.apiVersion : `/${reference.apiVersion ?? ''}`;
    throw badRequest(`cannot bind token to object of type ${gv}, Kind=${reference.kind ?? ''}`);
  }
  const name = reference.name ?? '';
  const object = lookup(plural, plural === 'nodes' ? '' : namespace, name);
  if (!object) throw notFound({ group: '', resource: plural }, name);
  const { nodeName, serviceAccountName } = (object['spec'] ?? {}) as PodSpec;
  if (plural === 'pods' && serviceAccountName !== serviceaccount.name)
    throw badRequest(
      `cannot bind token for serviceaccount ${goQuote(serviceaccount.name)} to pod running with different serviceaccount name.`,
    );
  const uid = object.metadata.uid ?? '';
  if (reference.uid && reference.uid !== uid) {
    throw conflict(
      { group: '', resource: reference.kind ?? '' },
      name,
      `the UID in the bound object reference (${reference.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  if (plural === 'nodes') claims.node = { name, uid };
  else claims[plural === 'pods' ? 'pod' : 'secret'] = { name, uid };
  if (plural === 'pods' && nodeName) {
    const node = lookup('nodes', '', nodeName);
    claims.node = { name: nodeName, ...(node?.metadata.uid && { uid: node.metadata.uid }) };
  }
}

const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest' };

/** POST of serviceaccounts/NAME/token. */
export function tokenSubresource(tokens: ServiceAccountTokens, lookup: ObjectGetter): SubresourceModule {
  return {
    group: '',
    resource: 'serviceaccounts',
    subresource: 'token',
    verbs: {
      create: async (exchange, resource, context) => {
        const options = writeOptionsOf(exchange.query, 'CreateOptions');
        const request = decodeAs(
          exchange,
          'authentication.k8s.io/v1.TokenRequest',
          'authentication.k8s.io/v1',
          'TokenRequest',
          options.fieldValidation,
        ) as TokenRequest & KubeObject;
        const { namespace, name } = exchange.info;
        if (request.metadata.name && request.metadata.name !== name)
          throw badRequest('name in URL does not match name in TokenRequest object');
        request.spec.expirationSeconds ??= hour;
        const account = lookup('serviceaccounts', namespace, name);
        if (!account) throw notFound({ group: '', resource: 'serviceaccounts' }, name);
        const manager = context.store.fields.ofBodies(tokenRequest);
        const managed = manager.update(undefined, request, writerOf(exchange, options.fieldManager));
        const kind = { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' };
        const { dryRun } = options;
        await admitBody(exchange, resource, context, { operation: 'CREATE', kind, object: request, dryRun });
        check(request);
        if (!request.spec.audiences || request.spec.audiences.length === 0)
          request.spec.audiences = [tokens.issuer];
        const asked = request.spec.expirationSeconds ?? hour;
        request.spec.expirationSeconds = Math.min(asked, maxSeconds);
        const claims: KubernetesClaims = {
          namespace,
          serviceaccount: { name, uid: account.metadata.uid ?? '' },
        };
        bind(claims, request, lookup);
        let lifetime = request.spec.expirationSeconds;
        if (asked === projectedSeconds && claims.pod) {
          lifetime = 365 * 24 * hour;
          claims.warnafter = Math.floor(context.clock.now() / 1000) + asked;
        }
        const { token, expires } = await tokens.sign(claims, request.spec.audiences, lifetime);
        const told = claims.warnafter === undefined ? expires : claims.warnafter * 1000;
        const answer = {
          kind: 'TokenRequest',
          apiVersion: 'authentication.k8s.io/v1',
          metadata: {
            ...managed.metadata,
            name,
            namespace,
            uid: account.metadata.uid,
            creationTimestamp: formatTime(context.clock.now()),
          },
          spec: { ...request.spec, boundObjectRef: request.spec.boundObjectRef ?? null },
          status: { token, expirationTimestamp: formatTime(told) },
        };
        sendValue(exchange, 201, 'authentication.k8s.io/v1.TokenRequest', answer);
      },
    },
  };
}
