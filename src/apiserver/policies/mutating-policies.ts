// Admission by MutatingAdmissionPolicies: every bound policy that is for a request changes its object, one after another.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/{generic/policy_dispatcher,mutating/dispatcher}.go.

import { isDeepStrictEqual } from 'node:util';
import type {
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
} from '#types/admissionregistration.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import { copyJson } from '../../api/json-object.ts';
import type { KubeObject } from '../../api/object.ts';
import { ApiError } from '../../api/status.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission/admission.ts';
import { refusal } from '../admission/refusal.ts';
import { replaceObject, versionedRequest } from '../admission/versioned-request.ts';
import type { ServedResource } from '../resources.ts';
import { collectParams, paramResource } from './params.ts';
import { type PolicyHook, PolicyHooks } from './policy-hooks.ts';
import { type PolicyLookups, requestNamespace } from './policy-lookups.ts';
import { isExcluded, matchedResource } from './policy-match.ts';
import { PolicyReinvocation } from './policy-reinvocation.ts';

type Policy = MutatingAdmissionPolicy & KubeObject;
type Binding = MutatingAdmissionPolicyBinding & KubeObject;
type Hook = PolicyHook<Policy, Binding>;

/** A policy that is for a request, by one of its bindings, with one of its parameters. */
interface Invocation {
  readonly policy: Policy;
  readonly binding: Binding;
  readonly matched: ServedResource;
  readonly params: KubeObject | undefined;
}

interface Failure {
  readonly message: string;
  /** A reason of Status; absent where the policy could not even be asked. */
  readonly reason?: string;
}

function invocationKey({ policy, binding, params }: Invocation): string {
  const { namespace = '', name = '' } = params?.metadata ?? {};
  return JSON.stringify([policy.metadata.name, binding.metadata.name, namespace, name]);
}

/** One round of the policies on one request. */
class Round {
  private readonly request: AdmissionRequest;
  private readonly lookups: PolicyLookups;
  private readonly failures: Failure[] = [];

  constructor(request: AdmissionRequest, lookups: PolicyLookups) {
    this.request = request;
    this.lookups = lookups;
  }

  /** Throws ApiError where policies failed that may not. */
  conclude(): void {
    const [first] = this.failures;
    if (first === undefined) return;
    const error = refusal(this.request, 'admission request denied by policy');
    error.status.message = first.message;
    if (first.reason) error.status.reason = first.reason;
    const causes = this.failures.map(({ message }) => ({ message }));
    error.status.details = { ...error.status.details, causes };
    throw new ApiError(error.status);
  }

  private fail(policy: Policy, binding: Binding | undefined, message: string, reason?: string): void {
    if (policy.spec.failurePolicy === 'Ignore') return;
    const { name = '' } = policy.metadata;
    const who = binding
      ? `policy '${name}' with binding '${binding.metadata.name}'`
      : `policy ${goQuote(name)}`;
    this.failures.push({ message: `${who} denied request: ${message}`, ...(reason && { reason }) });
  }

  /** What is to be called, in order. */
  async invocations(hooks: readonly Hook[]): Promise<Invocation[]> {
    const found: Invocation[] = [];
    for (const hook of hooks) found.push(...(await this.invocationsOf(hook)));
    return found;
  }

  private async invocationsOf({ policy, bindings }: Hook): Promise<Invocation[]> {
    const { request, lookups } = this;
    const constraints = policy.spec.matchConstraints;
    const matched = constraints && matchedResource(constraints, request, lookups);
    if (!matched) return [];
    let resource: ServedResource | undefined;
    try {
      resource = paramResource(policy.spec.paramKind, lookups.resourceOfKind);
    } catch (error) {
      this.fail(policy, undefined, `failed to configure policy: ${(error as Error).message}`);
      return [];
    }
    const found: Invocation[] = [];
    for (const binding of bindings) {
      const { matchResources, paramRef } = binding.spec;
      if (matchResources && !matchedResource(matchResources, request, lookups)) continue;
      try {
        const chosen = await collectParams(resource, paramRef, request.namespace);
        found.push(...chosen.map((params) => ({ policy, binding, matched, params })));
      } catch (error) {
        this.fail(policy, binding, `failed to configure binding: ${(error as Error).message}`);
      }
    }
    return found;
  }

  /** Calls the policies; true: the object is to be looked at once more. */
  async run(invocations: readonly Invocation[], reinvocation: PolicyReinvocation): Promise<boolean> {
    const { request, lookups } = this;
    const namespace = requestNamespace(request, lookups);
    let mutated = false;
    for (const invocation of invocations) {
      const key = invocationKey(invocation);
      const called = await this.invoke(invocation, namespace, () => reinvocation.isDue(key));
      if (called === undefined) continue;
      if (called === 'changed') reinvocation.changed();
      if (called !== 'skipped') mutated = true;
      if (invocation.policy.spec.reinvocationPolicy === 'IfNeeded') reinvocation.called(key);
    }
    // a policy that ran counts as one that changed something, whatever it did
    if (mutated) reinvocation.changed();
    reinvocation.end(request.object);
    return mutated;
  }

  /** Undefined: not called; 'skipped': it changed nothing because it could not. */
  private async invoke(
    { policy, binding, matched, params }: Invocation,
    namespace: KubeObject | undefined,
    isDue: () => boolean,
  ): Promise<'changed' | 'same' | 'skipped' | undefined> {
    const { request, lookups } = this;
    // the expression language loads when somebody uses it
    const { mutatorOf } = await import('./mutator.ts');
    const mutator = mutatorOf(policy);
    const fail = (error: unknown): void => {
      if (error instanceof ApiError) throw error;
      this.fail(policy, binding, (error as Error).message, 'Invalid');
    };
    const inputs = async () => ({
      shown: await versionedRequest(request, matched),
      params,
      namespace,
      authorizer: lookups.authorizer,
    });
    try {
      if (!mutator.meetsConditions(await inputs())) return undefined;
    } catch (error) {
      fail(error);
      return undefined;
    }
    if (!isDue()) return undefined;
    const before = copyJson(request.object);
    let ran = false;
    for (let i = 0; i < mutator.size && request.object; i++) {
      try {
        await replaceObject(request, matched, mutator.mutate(i, await inputs()));
        ran = true;
      } catch (error) {
        fail(error);
      }
    }
    if (!ran) return 'skipped';
    return isDeepStrictEqual(before, request.object) ? 'same' : 'changed';
  }
}

/** The step that asks mutating policies; true: the steps are to look at the object once more. */
export function mutatingPolicies(lookups: PolicyLookups): AdmissionStep {
  const bound = new PolicyHooks<Policy, Binding>(
    () => lookups.configurations('mutatingadmissionpolicies'),
    () => lookups.configurations('mutatingadmissionpolicybindings'),
  );
  const reinvocations = new WeakMap<AdmissionRequest, PolicyReinvocation>();

  async function mutate(request: AdmissionRequest, hooks: readonly Hook[]): Promise<boolean> {
    const round = new Round(request, lookups);
    const invocations = await round.invocations(hooks);
    const reinvocation = reinvocations.get(request) ?? new PolicyReinvocation();
    reinvocations.set(request, reinvocation);
    reinvocation.begin(request.object);
    const again = invocations.length > 0 && (await round.run(invocations, reinvocation));
    round.conclude();
    return again;
  }

  return {
    name: 'MutatingAdmissionPolicy',
    admit(request) {
      // there is nothing to change in a deletion
      if (request.operation === 'DELETE') return undefined;
      const hooks = bound.current();
      if (hooks.length === 0 || isExcluded(request.resource)) return undefined;
      return mutate(request, hooks);
    },
  };
}
