// Which policies are called again in the second round of a request.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/mutating/reinvocationcontext.go.

import { isDeepStrictEqual } from 'node:util';
import { copyJson } from '../../api/json-object.ts';
import type { KubeObject } from '../../api/object.ts';

/** What one request's rounds know of each other. Policies go by a key of policy, binding and parameter. */
export class PolicyReinvocation {
  private round = 0;
  private output: KubeObject | undefined;
  /** Policies that want to be called again when something changes after them. */
  private invoked = new Set<string>();
  private readonly due = new Set<string>();

  /** The begin of a round: something else may have changed the object since the last one. */
  begin(object: KubeObject | undefined): void {
    this.round++;
    if (this.round > 1 && !isDeepStrictEqual(this.output, object)) this.changed();
  }

  end(object: KubeObject | undefined): void {
    this.output = copyJson(object);
  }

  /** Whether a policy is to be called in this round. */
  isDue(key: string): boolean {
    return this.round === 1 || this.due.has(key);
  }

  /** The object changed after those that were called. */
  changed(): void {
    for (const key of this.invoked) this.due.add(key);
    this.invoked = new Set();
  }

  /** A policy that may be called again was called. */
  called(key: string): void {
    this.invoked.add(key);
  }
}
