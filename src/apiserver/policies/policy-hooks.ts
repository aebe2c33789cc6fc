// The policies that are bound, with their bindings, as they are stored right now: a policy is in force once it is stored.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/generic/policy_source.go.
import type { MatchResources, ParamRef } from '#types/admissionregistration.k8s.io_v1';
import type { KubeObject } from '../../api/object.ts';
import type { WatchCache } from '../../storage/watch-cache.ts';
import { storedPolicy } from '../admission/stored-policies.ts';
import type { ServedResource } from '../resources.ts';

/** A binding of either sort. */
export interface PolicyBinding extends KubeObject {
  readonly spec: {
    readonly policyName?: string;
    readonly paramRef?: ParamRef | null;
    readonly matchResources?: MatchResources | null;
  };
}

/** A policy and what binds it. */
export interface PolicyHook<P, B> {
  readonly policy: P;
  readonly bindings: readonly B[];
}

/** Finds what is bound; cheap while there are no bindings. */
export class PolicyHooks<P extends KubeObject, B extends PolicyBinding> {
  private readonly policies: () => ServedResource;
  private readonly bindings: () => ServedResource;
  private bindingCache: WatchCache | undefined;
  private seen: readonly Buffer[] = [];
  private hooks: readonly PolicyHook<P, B>[] = [];

  constructor(policies: () => ServedResource, bindings: () => ServedResource) {
    this.policies = policies;
    this.bindings = bindings;
  }

  /** Bound policies in the order of their names. They are shared: nobody may change them. */
  current(): readonly PolicyHook<P, B>[] {
    // looked up once: every write comes by here
    this.bindingCache ??= this.bindings().cache!;
    const bindings = this.bindingCache.list({ prefix: '' }).objects;
    if (bindings.length === 0) return [];
    const policies = this.policies().cache!.list({ prefix: '' }).objects;
    const seen = [...bindings, ...policies].map(({ bytes }) => bytes);
    if (seen.length !== this.seen.length || seen.some((bytes, i) => bytes !== this.seen[i])) {
      this.seen = seen;
      const bound = bindings.map((object) => storedPolicy<B>(object));
      this.hooks = policies
        .map((object) => storedPolicy<P>(object))
        .map((policy) => ({
          policy,
          bindings: bound.filter(({ spec }) => spec.policyName === policy.metadata.name),
        }))
        .filter((hook) => hook.bindings.length > 0);
    }
    return this.hooks;
  }
}
