// Every version of a kind becomes the stored one and comes back with everything that it has.
import { describe, expect, it } from 'vitest';
import { apiVersionOf, type Json, type KubeObject } from '../../src/api/object.ts';
import { decodeTyped } from '../../src/api/schema/decode.ts';
import { type FieldFact, findType } from '../../src/api/schema/type-table.ts';
import { convertedTypes, legacyResources } from '../../src/kinds/legacy/legacy-resources.ts';
import { everyResource, type ResourceDefinition } from '../../src/kinds/registry.ts';
import { RandomObjects } from './random-object.ts';

const converted = [...everyResource(), ...legacyResources()].filter(
  ({ conversion, storage }) => conversion && storage,
);
const rounds = 60;

function nameOf({ typeRef }: ResourceDefinition): string {
  return typeRef;
}

function decode(ref: string, object: unknown): KubeObject {
  return decodeTyped(ref, object as Json) as unknown as KubeObject;
}

/** Objects as storage has them anyway: what cannot be told from nothing. */
const completed: Readonly<Record<string, (object: KubeObject) => void>> = {
  'apps/v1beta1.StatefulSet'({ status }) {
    const told = status as { observedGeneration?: number } | undefined;
    if (told?.observedGeneration === 0) delete told.observedGeneration;
  },
  // the conversion fills in the metric that an autoscaler has by default, and shows the current one as an annotation too
  'autoscaling/v1.HorizontalPodAutoscaler'({ spec, status }) {
    (spec as { targetCPUUtilizationPercentage?: number }).targetCPUUtilizationPercentage ??= 80;
    delete (status as { currentCPUUtilizationPercentage?: number }).currentCPUUtilizationPercentage;
  },
  'resource.k8s.io/v1beta1.ResourceSlice'({ spec }) {
    for (const device of (spec as { devices?: { basic?: object }[] }).devices ?? []) device.basic ??= {};
  },
};

describe.each(converted.map((definition) => [nameOf(definition), definition] as const))(
  '%s',
  (name, definition) => {
    it('comes back from storage as it was', () => {
      const { typeRef, storage, conversion, kind, group, version } = definition;
      const random = new RandomObjects(7);
      for (let round = 0; round < rounds; round++) {
        const made = random.of(typeRef) as object;
        const old = decode(typeRef, { kind, apiVersion: apiVersionOf(group, version), ...made });
        completed[name]?.(old);
        const before = JSON.stringify(old);
        const stored = decode(storage!.typeRef, conversion!.toStorage(old));
        expect(stored.apiVersion).toBe(apiVersionOf(storage!.group, storage!.version));
        expect(JSON.stringify(old)).toBe(before);
        const kept = JSON.stringify(stored);
        const back = decode(typeRef, conversion!.fromStorage(stored));
        expect(JSON.stringify(stored)).toBe(kept);
        expect(back).toEqual(old);
      }
    });
  },
);

type Shape = readonly [name: string, FieldFact][];

function shapeOf(ref: string): Shape {
  return (findType(ref)?.fields ?? []).flatMap((field): [string, FieldFact][] =>
    field.inline && field.json === '' ? [...shapeOf(field.type)] : [[field.json, field]],
  );
}

/** Where two types differ as JSON has them. */
function differences(a: string, b: string, path: string, seen: Set<string>): string[] {
  if (a === b || seen.has(`${a} ${b}`)) return [];
  seen.add(`${a} ${b}`);
  const others = new Map(shapeOf(b));
  const own = new Map(shapeOf(a));
  const missing = [...others.keys()].filter((field) => !own.has(field)).map((field) => `${path}.${field}`);
  return [...own]
    .flatMap(([json, field]) => {
      const other = others.get(json);
      const at = `${path}.${json}`;
      if (!other || Boolean(field.list) !== Boolean(other.list) || Boolean(field.map) !== Boolean(other.map))
        return [at];
      if (findType(field.type) && findType(other.type)) return differences(field.type, other.type, at, seen);
      return field.type === other.type ? [] : [at];
    })
    .concat(missing);
}

describe('versions of the same shape', () => {
  const written = new Set([...convertedTypes(), ...everyResource().flatMap(writtenBy)]);

  function writtenBy({ hooks, group, version, typeRef }: ResourceDefinition): string[] {
    return hooks.conversions?.[group === hooks.group ? version : `${group}/${version}`] ? [typeRef] : [];
  }

  it('are those without a conversion of their own', () => {
    const same = converted.filter(({ typeRef }) => !written.has(typeRef));
    expect(same.length).toBeGreaterThan(25);
    for (const { typeRef, storage } of same)
      expect(differences(typeRef, storage!.typeRef, typeRef, new Set())).toEqual([]);
  });
});
