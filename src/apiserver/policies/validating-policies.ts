// Admission by ValidatingAdmissionPolicies: every bound policy that is for a request judges it.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/validating/dispatcher.go.
import type {
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '#types/admissionregistration.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import type { ApiError } from '../../api/status.ts';
import type { AdmissionRequest, AdmissionStep } from '../admission/admission.ts';
import { refusal } from '../admission/refusal.ts';
import { type VersionedRequest, versionedRequest } from '../admission/versioned-request.ts';
import type { ServedResource } from '../resources.ts';
import { collectParams, paramResource } from './params.ts';
import { type PolicyHook, PolicyHooks } from './policy-hooks.ts';
import { type PolicyLookups, requestNamespace } from './policy-lookups.ts';
import { isExcluded, matchedResource } from './policy-match.ts';
import type { Denial } from './validator.ts';

type Policy = ValidatingAdmissionPolicy & KubeObject;
type Binding = ValidatingAdmissionPolicyBinding & KubeObject;

const codes: Readonly<Record<string, number>> = {
  Forbidden: 403,
  Unauthorized: 401,
  RequestEntityTooLarge: 413,
};

function denialOf(request: AdmissionRequest, message: string, reason: string): ApiError {
  const error = refusal(request, message);
  error.status.reason = reason;
  error.status.code = codes[reason] ?? 422;
  error.status.details = { ...error.status.details, causes: [{ message }] };
  return error;
}

/** What one request comes to by all policies. */
class Judgement {
  private readonly request: AdmissionRequest;
  private readonly lookups: PolicyLookups;
  private first: { message: string; reason: string } | undefined;

  constructor(request: AdmissionRequest, lookups: PolicyLookups) {
    this.request = request;
    this.lookups = lookups;
  }

  /** Throws ApiError where something was denied: the first denial is told. */
  conclude(): void {
    if (this.first) throw denialOf(this.request, this.first.message, this.first.reason);
  }

  private deny(policy: Policy, binding: Binding | undefined, { message, reason }: Denial): void {
    const by = binding ? ` with binding '${binding.metadata.name}'` : '';
    const text = `ValidatingAdmissionPolicy '${policy.metadata.name}'${by} denied request: ${message}`;
    this.first ??= { message: text, reason: reason ?? 'Invalid' };
  }

  private misconfigured(policy: Policy, binding: Binding | undefined, error: unknown): void {
    if (policy.spec.failurePolicy === 'Ignore') return;
    const what = binding ? 'binding' : 'policy';
    this.deny(policy, binding, { message: `failed to configure ${what}: ${(error as Error).message}` });
  }

  async ask({ policy, bindings }: PolicyHook<Policy, Binding>): Promise<void> {
    const { request, lookups } = this;
    const constraints = policy.spec.matchConstraints;
    const matched = constraints && matchedResource(constraints, request, lookups);
    if (!matched) return;
    let params: ServedResource | undefined;
    try {
      params = paramResource(policy.spec.paramKind, lookups.resourceOfKind);
    } catch (error) {
      this.misconfigured(policy, undefined, error);
      return;
    }
    let shown: VersionedRequest | undefined;
    for (const binding of bindings) {
      const { matchResources, paramRef } = binding.spec;
      if (matchResources && !matchedResource(matchResources, request, lookups)) continue;
      let chosen: Awaited<ReturnType<typeof collectParams>>;
      try {
        chosen = await collectParams(params, paramRef, request.namespace);
        if (chosen.length > 0) shown ??= await asMatched(request, matched);
      } catch (error) {
        this.misconfigured(policy, binding, error);
        continue;
      }
      if (shown) await this.evaluate(policy, binding, shown, chosen);
    }
  }

  private async evaluate(
    policy: Policy,
    binding: Binding,
    shown: VersionedRequest,
    params: readonly (KubeObject | undefined)[],
  ): Promise<void> {
    const { request, lookups } = this;
    const namespace = requestNamespace(request, lookups);
    // the expression language loads when somebody uses it
    const { validatorOf } = await import('./validator.ts');
    const validator = validatorOf(policy);
    for (const param of params) {
      const inputs = { shown, params: param, namespace, authorizer: lookups.authorizer };
      for (const denial of validator.validate(inputs)) this.act(policy, binding, denial);
    }
  }

  private act(policy: Policy, binding: Binding, denial: Denial): void {
    if (denial.always) {
      this.deny(policy, binding, denial);
      return;
    }
    const { validationActions: actions = [] } = binding.spec;
    if (actions.includes('Deny')) this.deny(policy, binding, denial);
    if (actions.includes('Warn'))
      this.request.warn(
        `Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${denial.message}`,
      );
  }
}

async function asMatched(request: AdmissionRequest, matched: ServedResource): Promise<VersionedRequest> {
  try {
    return await versionedRequest(request, matched);
  } catch (error) {
    throw new Error(`failed to convert object version: ${(error as Error).message}`, { cause: error });
  }
}

/** The step that asks validating policies. */
export function validatingPolicies(lookups: PolicyLookups): AdmissionStep {
  const bound = new PolicyHooks<Policy, Binding>(
    () => lookups.configurations('validatingadmissionpolicies'),
    () => lookups.configurations('validatingadmissionpolicybindings'),
  );
  return {
    name: 'ValidatingAdmissionPolicy',
    validate(request) {
      const hooks = bound.current();
      if (hooks.length === 0 || isExcluded(request.resource)) return undefined;
      return judge(request, lookups, hooks);
    },
  };
}

async function judge(
  request: AdmissionRequest,
  lookups: PolicyLookups,
  hooks: readonly PolicyHook<Policy, Binding>[],
): Promise<void> {
  const judgement = new Judgement(request, lookups);
  for (const hook of hooks) await judgement.ask(hook);
  judgement.conclude();
}
