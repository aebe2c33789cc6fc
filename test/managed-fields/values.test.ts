// Merging, comparing, taking apart: upstream's answers (structured-merge-diff 6.3) to questions written by hand.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pathsOf } from '../../src/api/managed-fields/paths/field-set.ts';
import { fieldsV1Of, parseFieldsV1 } from '../../src/api/managed-fields/paths/fields-v1.ts';
import { displayPath } from '../../src/api/managed-fields/paths/path-element.ts';
import { customResourceType } from '../../src/api/managed-fields/schema/open-api-schema.ts';
import { untypedDeduced } from '../../src/api/managed-fields/schema/schema.ts';
import type { Json, JsonObject } from '../../src/api/object.ts';
import { packageRoot } from '../../src/api/schema/type-table.ts';
import { ourValues } from '../oracles/managed-fields/values.ts';

interface Vector {
  name: string;
  schema?: JsonObject | 'deduced';
  live?: Json;
  next?: Json;
  fields?: JsonObject;
  answer: JsonObject;
}

const file = join(packageRoot(), 'test', 'fixtures', 'managed-fields', 'values.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[];

function ofFields(fields: JsonObject): JsonObject {
  try {
    const set = parseFieldsV1(fields);
    return { sets: [JSON.stringify(fieldsV1Of(set)), pathsOf(set).map(displayPath).join('\n')] };
  } catch {
    return { error: 'invalid' };
  }
}

describe('values and sets', () => {
  it.each(vectors)('$name', ({ schema, live, next, fields, answer }) => {
    if (fields !== undefined) {
      expect(ofFields(fields)).toEqual(answer);
      return;
    }
    const head = { apiVersion: 'example.com/v1', kind: 'Thing' };
    const type =
      schema === 'deduced'
        ? untypedDeduced
        : customResourceType({ type: 'object', properties: { spec: schema! } });
    const ours = ourValues(type, { ...head, spec: live! }, { ...head, spec: next! });
    expect(ours).toEqual(answer);
  });
});
