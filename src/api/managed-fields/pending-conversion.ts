// Conversions that must be waited for. Field management does not wait: where it needs a form of an object that is not known yet,
// it stops with this, changes nothing, and is done again once the form is known. So nothing of it is async for those that
// never wait.
import type { KubeObject } from '../object.ts';

/** Thrown by a conversion that must be waited for: of this object to this version. */
export class PendingConversion extends Error {
  readonly object: KubeObject;
  readonly apiVersion: string;

  constructor(object: KubeObject, apiVersion: string) {
    super(`not converted to ${apiVersion} yet`);
    this.object = object;
    this.apiVersion = apiVersion;
  }
}

/** What `work` returns; what it throws has `what` before its text. */
export function saying<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof PendingConversion) throw error;
    throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
  }
}
