// The conversion between versions whose types agree field by field: only apiVersion changes.
import { apiVersionOf, type KubeObject } from '../api/object.ts';
import type { VersionConversion } from './define-kind.ts';

interface Version {
  readonly group: string;
  readonly version: string;
}

/** Converts between a served and a stored version of the same shape. Nested values are shared with the argument. */
export function sameShape(served: Version, stored: Version): VersionConversion {
  const servedVersion = apiVersionOf(served.group, served.version);
  const storedVersion = apiVersionOf(stored.group, stored.version);
  return {
    toStorage: (object: KubeObject): KubeObject => ({ ...object, apiVersion: storedVersion }),
    fromStorage: (object: KubeObject): KubeObject => ({ ...object, apiVersion: servedVersion }),
  };
}
