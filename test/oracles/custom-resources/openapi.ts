// Cases of OpenAPI documents: what a definition makes of its schema, its operations and their parameters.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { customOpenApiV2, customOpenApiV3 } from '../../../src/kinds/custom/openapi/custom-openapi.ts';
import type { Case } from '../compare-cases.ts';
import type { Dice } from '../managed-fields/random-objects.ts';
import { randomSchema } from './random-schemas.ts';

/** A random definition in both versions of the format. */
export function openApiCase(dice: Dice): Case {
  const kind = dice.pick(['Thing', 'Apple', 'Things', 'Class']);
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'things.my.example.com' },
    spec: {
      group: dice.pick(['my.example.com', 'things.k8s.io', 'a-b.c', '3x.net', '3-x.net']),
      scope: dice.pick(['Cluster', 'Namespaced']),
      ...(dice.chance(0.1) ? { preserveUnknownFields: true } : {}),
      names: { plural: 'things', singular: 'thing', kind, listKind: `${kind}List` },
      versions: [
        {
          name: dice.pick(['v1', 'v1beta1']),
          served: true,
          storage: true,
          ...(dice.chance(0.3) ? { selectableFields: [{ jsonPath: '.spec.a' }] } : {}),
          ...(dice.chance(0.95)
            ? {
                schema: {
                  openAPIV3Schema: {
                    type: 'object',
                    ...(dice.chance(0.5) ? { description: 'Things.' } : {}),
                    properties: { spec: randomSchema(dice, 4), status: randomSchema(dice, 2) },
                    ...(dice.chance(0.1) ? { 'x-kubernetes-preserve-unknown-fields': true } : {}),
                  },
                },
              }
            : {}),
          subresources: {
            ...(dice.chance(0.5) ? { status: {} } : {}),
            ...(dice.chance(0.5)
              ? { scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.status.b' } }
              : {}),
          },
        },
      ],
    },
  };
  const crd = definition as unknown as CustomResourceDefinition;
  const version = crd.spec.versions![0]!.name;
  return {
    question: { op: 'openapi', definition: definition as unknown as Json, object: {} },
    ours: { v2: customOpenApiV2(crd, version), v3: customOpenApiV3(crd, version) },
  };
}

function parametersOf(holder: JsonObject, shared: JsonObject): void {
  const list = holder['parameters'];
  if (!Array.isArray(list)) return;
  holder['parameters'] = list.map((item) => {
    const parameter = item as JsonObject;
    const name = String(parameter['$ref'] ?? '').replace('#/parameters/', '');
    const { description: _, ...found } = (name === '' ? parameter : shared[name]) as JsonObject;
    return found;
  });
}

function documentOf(document: JsonObject): JsonObject {
  const paths = document['paths'] as Record<string, JsonObject>;
  const shared = (document['parameters'] ?? {}) as JsonObject;
  for (const item of Object.values(paths)) {
    parametersOf(item, shared);
    for (const operation of Object.values(item))
      if (!Array.isArray(operation)) parametersOf(operation as JsonObject, shared);
  }
  const schemas = (document['definitions'] ??
    (document['components'] as JsonObject | undefined)?.['schemas'] ??
    {}) as JsonObject;
  const own = Object.entries(schemas).filter(([name]) => !name.startsWith('io.k8s.a'));
  return { paths, own: Object.fromEntries(own), names: Object.keys(schemas).sort() };
}

/** Only what belongs to the definition: schemas of built-in types are by their names, parameters without their texts. */
export function openApiAnswer(answer: JsonObject): JsonObject {
  const { v2, v3 } = answer;
  if (v2 === undefined || v3 === undefined) return answer;
  return { v2: documentOf(v2 as JsonObject), v3: documentOf(v3 as JsonObject) };
}
