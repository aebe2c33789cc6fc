import { describe, expect, it } from 'vitest';
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { joinOpenApi, joinOpenApiProtobuf, openApiV2, openApiV3 } from '../api/openapi/open-api-parts.ts';
import { customOpenApiV2, customOpenApiV3 } from '../kinds/custom/openapi/custom-openapi.ts';
import { CustomOpenApiParts } from './custom-openapi-parts.ts';

function definition(kind: string, scale: boolean): CustomResourceDefinition {
  const plural = `${kind.toLowerCase()}s`;
  return {
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: { type: 'object', properties: { spec: { type: 'string', pattern: '日本' } } },
          },
          ...(scale && {
            subresources: {
              status: {},
              scale: { specReplicasPath: '.spec.r', statusReplicasPath: '.status.r' },
            },
          }),
        },
      ],
    },
  } as unknown as CustomResourceDefinition;
}

const scaled = { crd: definition('Foo', true), version: 'v1' };
const plain = { crd: definition('Bar', false), version: 'v1' };
const read = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

describe('the parts of custom resources', () => {
  const parts = new CustomOpenApiParts(true);

  it.each([scaled, plain])('are the whole document of one', (one) => {
    const { crd, version } = one;
    const v3 = joinOpenApi(openApiV3, parts.partsV3('example.com/v1', [one]));
    expect(read(v3)).toEqual(customOpenApiV3(crd, version));
    const v2 = joinOpenApi(openApiV2, parts.partsV2([one]));
    expect(read(v2)).toEqual(customOpenApiV2(crd, version));
  });

  it('have what each has of several', () => {
    const both = read(joinOpenApi(openApiV3, parts.partsV3('example.com/v1', [plain, scaled]))) as Document;
    const foo = customOpenApiV3(scaled.crd, 'v1') as unknown as Document;
    const bar = customOpenApiV3(plain.crd, 'v1') as unknown as Document;
    expect(both.paths).toEqual({ ...foo.paths, ...bar.paths });
    expect(both.components.schemas).toEqual({ ...foo.components.schemas, ...bar.components.schemas });
    expect(bar.components.schemas).not.toHaveProperty('io.k8s.api.autoscaling.v1.Scale');
    expect(foo.components.schemas).toHaveProperty('io.k8s.api.autoscaling.v1.Scale');
  });

  it('can be made before, each of its forms once', () => {
    const early = new CustomOpenApiParts(true);
    const versions = [plain, scaled];
    const made = Array.from({ length: 5 }, () => early.makeNext(versions));
    expect(made).toEqual([plain, scaled, plain, scaled, undefined]);
    expect(early.packNext(versions, 1_000_000)).toBe(false);
    expect(Array.from({ length: 3 }, () => early.packNext(versions, 1000))).toEqual([true, true, false]);
    const [v2, laterV2] = [early, parts].map((from) => joinOpenApi(openApiV2, from.partsV2(versions)));
    expect(v2!.equals(laterV2!)).toBe(true);
    const [v3, laterV3] = [early, parts].map((from) =>
      joinOpenApi(openApiV3, from.partsV3('example.com/v1', versions)),
    );
    expect(v3!.equals(laterV3!)).toBe(true);
    const [packed, laterPacked] = [early, parts].map((from) =>
      joinOpenApiProtobuf(openApiV2, from.partsV2(versions)),
    );
    expect(packed!.equals(laterPacked!)).toBe(true);
  });

  it('stay as long as their definition', () => {
    const [, first] = parts.partsV3('example.com/v1', [scaled]);
    const [, , again] = parts.partsV3('example.com/v1', [plain, scaled]);
    expect(again).toBe(first);
    const changed = { crd: structuredClone(scaled.crd), version: 'v1' };
    expect(parts.partsV3('example.com/v1', [changed])[1]).not.toBe(first);
  });
});

interface Document {
  readonly paths: object;
  readonly components: { readonly schemas: object };
}
