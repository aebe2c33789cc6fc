// Admission by webhooks: mutating ones one after another, validating ones all at once.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go and errors/statuserror.go.

import { isDeepStrictEqual } from 'node:util';
import type { MutatingWebhook } from '#types/admissionregistration.k8s.io_v1';
import type { Clock, Random } from '../../api/clock.ts';
import { goQuote } from '../../api/go-text.ts';
import { copyJson } from '../../api/json-object.ts';
import type { Json, JsonObject, KubeObject } from '../../api/object.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../../api/patch/json-patch.ts';
import { ApiError, badRequest, failure, forbidden, internalError, type Status } from '../../api/status.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission/admission.ts';
import type { MatchLookups } from '../admission/request-match.ts';
import { replaceObject, type VersionedRequest, versionedRequest } from '../admission/versioned-request.ts';
import type { Authorizer } from '../authorization/authorizer.ts';
import { LateRequest } from '../late-request.ts';
import type { ServedResource } from '../resources.ts';
import { parseObject } from '../store/serialize.ts';
import { type AdmissionAnswer, admissionRequest, readAnswer, reviewVersion } from './admission-review.ts';
import type { WebhookClient } from './webhook-client.ts';
import { matchedResource, type Webhook } from './webhook-match.ts';

const defaultTimeoutSeconds = 10;

/** What webhooks are called with. */
export interface AdmissionWebhooksOptions extends MatchLookups {
  /** The resource of the configurations. */
  readonly configurations: () => ServedResource;
  readonly authorizer: Authorizer;
  readonly client: WebhookClient;
  readonly random: Random;
  readonly clock: Clock;
}

/** A webhook could not be asked, or its answer makes no sense: what its failure policy is for. */
class CallError extends Error {}

// The bytes of an entry never change.
const parsed = new WeakMap<Buffer, readonly Webhook[]>();

/** All webhooks in the order of their configurations' names. */
function webhooksOf(configurations: ServedResource): Webhook[] {
  const { objects } = configurations.cache!.list({ prefix: '' });
  return objects.flatMap(({ bytes }) => {
    let hooks = parsed.get(bytes);
    if (hooks === undefined) {
      hooks = ((parseObject(bytes)['webhooks'] as Webhook[] | null | undefined) ?? []) as Webhook[];
      parsed.set(bytes, hooks);
    }
    return hooks;
  });
}

/** The configurations themselves are not shown to webhooks: nobody could mend them. */
function isExempt({ resource }: AdmissionRequest): boolean {
  return resource.groupResource.group === 'admissionregistration.k8s.io';
}

/** Upstream: ToStatusErr. */
function rejection(name: string, result: JsonObject | undefined): ApiError {
  const { code, status, message, reason, ...rest } = (result ?? {}) as JsonObject & Partial<Status>;
  const denied = `admission webhook ${goQuote(name)} denied the request`;
  const why = message || reason;
  return new ApiError({
    ...(rest as object),
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: !status || status === 'Success' ? 'Failure' : status,
    message: why ? `${denied}: ${why}` : `${denied} without explanation`,
    ...(reason && { reason }),
    code: typeof code === 'number' && code >= 400 ? code : 400,
  } as Status);
}

/** Calls webhooks; one for each sort of configuration. */
class WebhookCalls {
  readonly options: AdmissionWebhooksOptions;
  private readonly mutating: boolean;

  constructor(options: AdmissionWebhooksOptions, mutating: boolean) {
    this.options = options;
    this.mutating = mutating;
  }

  webhooks(): Webhook[] {
    return webhooksOf(this.options.configurations());
  }

  /** The request as a webhook wants it; undefined where it does not. Throws 403 for conditions that cannot be told. */
  async wanted(hook: Webhook, request: AdmissionRequest): Promise<VersionedRequest | undefined> {
    const matched = matchedResource(hook, request, this.options);
    if (matched === undefined) return undefined;
    const shown = await versionedRequest(request, matched).catch((error: Error) => {
      throw internalError(error.message, error);
    });
    if (!hook.matchConditions?.length) return shown;
    // the expression language loads when somebody uses it
    const { meetsWebhookConditions } = await import('../policies/match-conditions.ts');
    try {
      const { authorizer } = this.options;
      return meetsWebhookConditions(hook, { shown, authorizer }) ? shown : undefined;
    } catch (error) {
      throw forbidden(request.resource.groupResource, request.name, (error as Error).message);
    }
  }

  /** Asks a webhook. Throws ApiError where it rejects, CallError where it fails. */
  async ask(hook: Webhook, shown: VersionedRequest): Promise<AdmissionAnswer> {
    const { request } = shown;
    if (request.dryRun && hook.sideEffects !== 'None' && hook.sideEffects !== 'NoneOnDryRun')
      throw badRequest(`admission webhook ${goQuote(hook.name)} does not support dry run`);
    const answer = await this.call(hook, shown);
    for (const text of answer.warnings) request.warn(text);
    if (!answer.allowed) throw rejection(hook.name, answer.result);
    return answer;
  }

  private async call(hook: Webhook, shown: VersionedRequest): Promise<AdmissionAnswer> {
    const uid = this.options.random.uuid();
    const { client, clock } = this.options;
    const left = (): number => shown.request.deadline - clock.now();
    if (left() <= 0) throw new LateRequest();
    const timeoutMs = Math.min((hook.timeoutSeconds ?? defaultTimeoutSeconds) * 1000, left());
    let version: string;
    let answer: JsonObject;
    try {
      version = reviewVersion(hook.admissionReviewVersions);
    } catch (error) {
      throw new CallError((error as Error).message);
    }
    const review: JsonObject = {
      kind: 'AdmissionReview',
      apiVersion: `admission.k8s.io/${version}`,
      request: { uid, ...admissionRequest(shown) },
    };
    try {
      answer = await client.call(hook.clientConfig, review, timeoutMs);
    } catch (error) {
      // no failure policy helps
      if (left() <= 0) throw new LateRequest();
      throw new CallError(`failed to call webhook: ${(error as Error).message}`);
    }
    try {
      return readAnswer(answer, version, uid, this.mutating);
    } catch (error) {
      throw new CallError(`received invalid webhook response: ${(error as Error).message}`);
    }
  }
}

/** What a failure means by the webhook's policy: nothing, or an error. Throws. */
function judge(hook: Webhook, error: unknown): void {
  if (!(error instanceof CallError)) throw error;
  if (hook.failurePolicy === 'Ignore') return;
  throw internalError(`failed calling webhook ${goQuote(hook.name)}: ${error.message}`);
}

/** Puts what a patch made of a request's object in its place. Returns whether it changed. Throws ApiError. */
async function applyPatch(
  shown: VersionedRequest,
  hook: Webhook,
  operations: readonly Json[],
): Promise<boolean> {
  const { request, matched, schema, object } = shown;
  if (object === undefined || request.object === undefined)
    throw internalError(
      `admission webhook ${goQuote(hook.name)} attempted to modify the object, which is not supported for this operation`,
    );
  let patched: KubeObject;
  try {
    const result = applyJsonPatch(object as unknown as JsonObject, operations as JsonPatchOperation[]);
    patched = schema.decode(result as Json);
  } catch (error) {
    throw internalError((error as Error).message);
  }
  if (isDeepStrictEqual(patched, object)) return false;
  await replaceObject(request, matched, patched).catch((error: Error) => {
    throw new ApiError(failure(500, '', error.message), { cause: error });
  });
  return true;
}

/** Who is to be called again. Upstream: webhookReinvokeContext. */
class Reinvocation {
  /** Webhooks that want to be called again when something changes after them. */
  private invoked = new Set<Webhook>();
  private readonly due = new Set<Webhook>();
  private output: KubeObject | undefined;

  /** The object changed after those who were called: by one of them, or by a step of the server. */
  changed(by?: Webhook): void {
    for (const hook of this.invoked) if (hook !== by) this.due.add(hook);
    this.invoked = new Set(by && this.invoked.has(by) ? [by] : []);
  }

  called(hook: Webhook): void {
    if ((hook as MutatingWebhook).reinvocationPolicy === 'IfNeeded') this.invoked.add(hook);
  }

  isDue(hook: Webhook): boolean {
    return this.due.has(hook);
  }

  /** The end of the first round. */
  remember(object: KubeObject | undefined): void {
    this.output = copyJson(object);
  }

  /** The begin of the second round: the server's own steps may have changed the object meanwhile. */
  compare(object: KubeObject | undefined): void {
    if (!isDeepStrictEqual(this.output, object)) this.changed();
  }
}

/** The step that calls mutating webhooks; true: the object changed, the steps are to look at it once more. */
export function mutatingWebhooks(options: AdmissionWebhooksOptions): AdmissionStep {
  const calls = new WebhookCalls(options, true);
  const reinvocations = new WeakMap<AdmissionRequest, Reinvocation>();

  async function change(
    hook: Webhook,
    request: AdmissionRequest,
    reinvocation: Reinvocation,
  ): Promise<boolean> {
    const shown = await calls.wanted(hook, request);
    if (shown === undefined) return false;
    reinvocation.called(hook);
    const { patch } = await calls.ask(hook, shown);
    return patch.length > 0 && applyPatch(shown, hook, patch);
  }

  return {
    name: 'MutatingAdmissionWebhook',
    async admit(request) {
      const hooks = calls.webhooks();
      if (hooks.length === 0 || isExempt(request)) return false;
      const second = reinvocations.get(request);
      const reinvocation = second ?? new Reinvocation();
      second?.compare(request.object);
      let changed = false;
      for (const hook of hooks) {
        // nobody is called for the first time in the second round
        if (second && !reinvocation.isDue(hook)) continue;
        try {
          if (await change(hook, request, reinvocation)) {
            changed = true;
            reinvocation.changed(hook);
          }
        } catch (error) {
          judge(hook, error);
        }
      }
      if (second) return false;
      reinvocation.remember(request.object);
      reinvocations.set(request, reinvocation);
      return changed;
    },
  };
}

/** The step that calls validating webhooks. */
export function validatingWebhooks(options: AdmissionWebhooksOptions): AdmissionStep {
  const calls = new WebhookCalls(options, false);
  return {
    name: 'ValidatingAdmissionWebhook',
    async validate(request) {
      const hooks = calls.webhooks();
      if (hooks.length === 0 || isExempt(request)) return;
      const results = await Promise.allSettled(
        hooks.map(async (hook) => {
          try {
            const shown = await calls.wanted(hook, request);
            if (shown) await calls.ask(hook, shown);
          } catch (error) {
            judge(hook, error);
          }
        }),
      );
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    },
  };
}
