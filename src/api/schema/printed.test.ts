import { describe, expect, it } from 'vitest';
import { decodeTyped } from './decode.ts';
import { printed } from './printed.ts';

const scaler = 'autoscaling/v2.HorizontalPodAutoscaler';
const definition = 'apiextensions.k8s.io/v1.CustomResourceDefinition';

function specOf(object: unknown): unknown {
  return (object as { spec: unknown }).spec;
}

describe('printed', () => {
  it('leaves out an empty list that decoding kept for the rules, and changes nothing else', () => {
    const decoded = decodeTyped(scaler, {
      spec: { behavior: { scaleUp: { policies: [] }, scaleDown: { policies: [{ type: 'Pods' }] } } },
    });
    const before = structuredClone(decoded);
    expect(specOf(decoded)).toMatchObject({ behavior: { scaleUp: { policies: [] } } });
    expect(specOf(printed(scaler, decoded))).toMatchObject({
      behavior: { scaleUp: {}, scaleDown: { policies: [{ type: 'Pods' }] } },
    });
    expect(printed(scaler, decoded)).not.toHaveProperty('spec.behavior.scaleUp.policies');
    expect(decoded).toEqual(before);
  });

  it('is the very object where nothing is empty', () => {
    const decoded = decodeTyped(scaler, {
      spec: { behavior: { scaleUp: { policies: [{ type: 'Pods' }] } } },
    });
    expect(printed(scaler, decoded)).toBe(decoded);
    const pod = decodeTyped('core/v1.Pod', { spec: { ephemeralContainers: [{ name: 'e' }] } });
    expect(printed('core/v1.Pod', pod)).toBe(pod);
    const map = decodeTyped('core/v1.ConfigMap', { data: {} });
    expect(printed('core/v1.ConfigMap', map)).toBe(map);
  });

  it('looks into types that hold themselves, into maps of them and into unions', () => {
    const schema = {
      allOf: [],
      properties: { a: { items: { enum: [] } }, b: { additionalProperties: true } },
      dependencies: { c: ['d'], e: { oneOf: [], type: 'object' } },
    };
    const decoded = decodeTyped(definition, {
      spec: { versions: [{ schema: { openAPIV3Schema: schema } }] },
    });
    expect(printed(definition, decoded)).toMatchObject({
      spec: {
        versions: [
          {
            schema: {
              openAPIV3Schema: {
                properties: { a: { items: {} }, b: { additionalProperties: true } },
                dependencies: { c: ['d'], e: { type: 'object' } },
              },
            },
          },
        ],
      },
    });
    expect(JSON.stringify(printed(definition, decoded))).not.toContain('[]');
    expect(JSON.stringify(decoded).split('[]').length - 1).toBe(3);
  });
});
