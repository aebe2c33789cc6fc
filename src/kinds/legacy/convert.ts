// Makes a conversion of two functions on typed objects.
import { copyJson } from '../../api/json-object.ts';
import type { KubeObject } from '../../api/object.ts';
import type { VersionConversion } from '../define-kind.ts';

/** Typed halves of a conversion; `old` and `today` are apiVersions: `extensions/v1beta1`, `apps/v1`. */
export interface TypedConversion<Old, Today> {
  readonly old: string;
  readonly today: string;
  setDefaults?(object: Old): void;
  /** Gets a copy that it may change and give back; apiVersion is set behind it. */
  toToday(object: Old): Today;
  /** Likewise. */
  toOld(object: Today): Old;
}

/** The conversion with its types forgotten, as the registry holds it. */
export function legacyConversion<Old, Today>(typed: TypedConversion<Old, Today>): VersionConversion {
  const { old, today, setDefaults, toToday, toOld } = typed;
  const made = (object: unknown, apiVersion: string) => ({ ...(object as KubeObject), apiVersion });
  return {
    ...(setDefaults && { setDefaults: (object) => setDefaults(object as unknown as Old) }),
    toStorage: (object) => made(toToday(copyJson(object) as unknown as Old), today),
    fromStorage: (object) => made(toOld(copyJson(object) as unknown as Today), old),
  };
}
