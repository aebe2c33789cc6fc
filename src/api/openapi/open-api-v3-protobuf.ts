// An OpenAPI 3 document as protobuf: application/com.github.proto-openapi.spec.v3@v1.0+protobuf.
// Upstream: github.com/google/gnostic-models/openapiv3/OpenAPIv3.proto.
import { ProtobufWriter } from '../protobuf/writer.ts';
import {
  type EncodedMembers,
  encodeShape,
  type FieldKind,
  type Members,
  type MessageShape,
  named,
  nested,
  reversed,
  writeField,
  writeMessage,
  writeNamed,
} from './protobuf-shape.ts';

const reference: MessageShape = {
  fields: [
    ['$ref', 1, 'string'],
    ['summary', 2, 'string'],
    ['description', 3, 'string'],
  ],
};

/** What is in a message that holds either something (1) or a reference to it (2). */
function writeEither(writer: ProtobufWriter, value: unknown, shape: () => MessageShape): void {
  if ('$ref' in (value as Members)) writeField(writer, 2, { message: () => reference }, value);
  else writeField(writer, 1, { message: shape }, value);
}

const either = (shape: () => MessageShape): FieldKind => ({
  write: (number) => (writer, value) => nested(writer, number, () => writeEither(writer, value, shape)),
});

const eithers = (shape: () => MessageShape): FieldKind => ({
  write: (number) => (writer, value) => {
    for (const item of reversed(value as unknown[]))
      nested(writer, number, () => writeEither(writer, item, shape));
  },
});

/** Members of any name, inside a message that has the list of them as `inner`. */
const namedEithers = (inner: number, shape: () => MessageShape): FieldKind => ({
  write: (number) => (writer, value) =>
    nested(writer, number, () =>
      writeNamed(writer, inner, value as Members | EncodedMembers, (member) =>
        nested(writer, 2, () => writeEither(writer, member, shape)),
      ),
    ),
});

const additionalProperties: FieldKind = {
  write: (number) => (writer, value) =>
    nested(writer, number, () =>
      typeof value === 'boolean'
        ? writeField(writer, 2, 'bool', value)
        : writeField(writer, 1, either(schemaOf), value),
    ),
};

/** DefaultType takes numbers, booleans and texts; of anything else it stays empty. */
const defaultType: FieldKind = {
  write: (number) => (writer, value) =>
    nested(writer, number, () => {
      if (typeof value === 'number') writeField(writer, 1, 'number', value);
      else if (typeof value === 'boolean') writeField(writer, 2, 'bool', value);
      else if (typeof value === 'string') writeField(writer, 3, 'string', value);
    }),
};

/** ItemsItem {1 list of schemas}, of which there is one. */
const items: FieldKind = {
  write: (number) => (writer, value) =>
    nested(writer, number, () => writeField(writer, 1, either(schemaOf), value)),
};

const schema: MessageShape = {
  fields: [
    ['nullable', 1, 'bool'],
    ['readOnly', 3, 'bool'],
    ['writeOnly', 4, 'bool'],
    ['example', 7, 'any'],
    ['deprecated', 8, 'bool'],
    ['title', 9, 'string'],
    ['multipleOf', 10, 'number'],
    ['maximum', 11, 'number'],
    ['exclusiveMaximum', 12, 'bool'],
    ['minimum', 13, 'number'],
    ['exclusiveMinimum', 14, 'bool'],
    ['maxLength', 15, 'integer'],
    ['minLength', 16, 'integer'],
    ['pattern', 17, 'string'],
    ['maxItems', 18, 'integer'],
    ['minItems', 19, 'integer'],
    ['uniqueItems', 20, 'bool'],
    ['maxProperties', 21, 'integer'],
    ['minProperties', 22, 'integer'],
    ['required', 23, 'strings'],
    ['enum', 24, 'anys'],
    ['type', 25, 'string'],
    ['allOf', 26, eithers(schemaOf)],
    ['oneOf', 27, eithers(schemaOf)],
    ['anyOf', 28, eithers(schemaOf)],
    ['not', 29, { message: schemaOf }],
    ['items', 30, items],
    ['properties', 31, namedEithers(1, schemaOf)],
    ['additionalProperties', 32, additionalProperties],
    ['default', 33, defaultType],
    ['description', 34, 'string'],
    ['format', 35, 'string'],
  ],
  extensions: 36,
};

function schemaOf(): MessageShape {
  return schema;
}

const mediaType: MessageShape = { fields: [['schema', 1, either(schemaOf)]], extensions: 5 };

const parameter: MessageShape = {
  fields: [
    ['name', 1, 'string'],
    ['in', 2, 'string'],
    ['description', 3, 'string'],
    ['required', 4, 'bool'],
    ['schema', 10, either(schemaOf)],
  ],
  extensions: 14,
};

const requestBody: MessageShape = {
  fields: [
    ['description', 1, 'string'],
    ['content', 2, named(1, () => mediaType)],
    ['required', 3, 'bool'],
  ],
  extensions: 4,
};

const response: MessageShape = {
  fields: [
    ['description', 1, 'string'],
    ['content', 3, named(1, () => mediaType)],
  ],
  extensions: 5,
};

const operation: MessageShape = {
  fields: [
    ['tags', 1, 'strings'],
    ['summary', 2, 'string'],
    ['description', 3, 'string'],
    ['operationId', 5, 'string'],
    ['parameters', 6, eithers(() => parameter)],
    ['requestBody', 7, either(() => requestBody)],
    ['responses', 8, namedEithers(2, () => response)],
    ['deprecated', 10, 'bool'],
  ],
  extensions: 13,
};

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

const pathItem: MessageShape = {
  fields: [
    ...methods.map((method, i) => [method, i + 4, { message: () => operation }] as const),
    ['parameters', 13, eithers(() => parameter)],
  ],
  extensions: 14,
};

const securityScheme: MessageShape = {
  fields: [
    ['type', 1, 'string'],
    ['description', 2, 'string'],
    ['name', 3, 'string'],
    ['in', 4, 'string'],
  ],
};

const info: MessageShape = {
  fields: [
    ['title', 1, 'string'],
    ['description', 2, 'string'],
    ['version', 6, 'string'],
  ],
};

const components: MessageShape = {
  fields: [
    ['schemas', 1, namedEithers(1, schemaOf)],
    ['securitySchemes', 7, namedEithers(1, () => securityScheme)],
  ],
};

const documentShape: MessageShape = {
  fields: [
    ['openapi', 1, 'string'],
    ['info', 2, { message: () => info }],
    ['paths', 4, named(1, () => pathItem)],
    ['components', 5, { message: () => components }],
  ],
  extensions: 9,
};

/** The protobuf of a document that buildOpenApiV3 made; its paths and schemas may have been encoded before. */
export function encodeOpenApiV3Protobuf(document: object): Buffer {
  return encodeShape(documentShape, document);
}

/** A member of the document that holds others by their names. */
export type SectionV3 = 'paths' | 'schemas';

/** Members of a section, without what is around them. */
export function encodeEntriesV3(section: SectionV3, members: object): Buffer {
  const writer = new ProtobufWriter();
  writeNamed(writer, 1, members as Members, (member) =>
    nested(writer, 2, () =>
      section === 'paths'
        ? writeMessage(writer, pathItem, member as Members)
        : writeEither(writer, member, schemaOf),
    ),
  );
  return writer.finish();
}
