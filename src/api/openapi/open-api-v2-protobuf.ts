// The OpenAPI 2 document as the protobuf that older kubectl asks for: application/com.github.proto-openapi.spec.v2@v1.0+protobuf.
// Upstream: github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto.
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

/** Texts inside a message that holds nothing else. */
const stringList: FieldKind = {
  write: (number) => (writer, value) =>
    nested(writer, number, () => writeField(writer, 1, 'strings', Array.isArray(value) ? value : [value])),
};

const additionalProperties: FieldKind = {
  write: (number) => (writer, value) =>
    nested(writer, number, () =>
      typeof value === 'boolean'
        ? writeField(writer, 2, 'bool', value)
        : writeField(writer, 1, { message: () => schema }, value),
    ),
};

const schema: MessageShape = {
  fields: [
    ['$ref', 1, 'string'],
    ['format', 2, 'string'],
    ['title', 3, 'string'],
    ['description', 4, 'string'],
    ['default', 5, 'any'],
    ['multipleOf', 6, 'number'],
    ['maximum', 7, 'number'],
    ['exclusiveMaximum', 8, 'bool'],
    ['minimum', 9, 'number'],
    ['exclusiveMinimum', 10, 'bool'],
    ['maxLength', 11, 'integer'],
    ['minLength', 12, 'integer'],
    ['pattern', 13, 'string'],
    ['maxItems', 14, 'integer'],
    ['minItems', 15, 'integer'],
    ['uniqueItems', 16, 'bool'],
    ['maxProperties', 17, 'integer'],
    ['minProperties', 18, 'integer'],
    ['required', 19, 'strings'],
    ['enum', 20, 'anys'],
    ['additionalProperties', 21, additionalProperties],
    ['type', 22, stringList],
    ['items', 23, { message: () => itemsItem }],
    ['allOf', 24, { message: () => schema, list: true }],
    ['properties', 25, named(1, () => schema)],
  ],
  extensions: 31,
};

/** `items` is one schema, inside a message with a list of them. */
const itemsItem: MessageShape = {
  fields: [['', 1, { message: () => schema }]],
};

const bodyParameter: MessageShape = {
  fields: [
    ['description', 1, 'string'],
    ['name', 2, 'string'],
    ['in', 3, 'string'],
    ['required', 4, 'bool'],
    ['schema', 5, { message: () => schema }],
  ],
  extensions: 6,
};

const queryParameter: MessageShape = {
  fields: [
    ['required', 1, 'bool'],
    ['in', 2, 'string'],
    ['description', 3, 'string'],
    ['name', 4, 'string'],
    ['type', 6, 'string'],
    ['format', 7, 'string'],
    ['uniqueItems', 20, 'bool'],
  ],
  extensions: 23,
};

const pathParameter: MessageShape = {
  fields: [
    ['required', 1, 'bool'],
    ['in', 2, 'string'],
    ['description', 3, 'string'],
    ['name', 4, 'string'],
    ['type', 5, 'string'],
    ['format', 6, 'string'],
    ['uniqueItems', 19, 'bool'],
  ],
  extensions: 22,
};

const reference: MessageShape = { fields: [['$ref', 1, 'string']] };

/** A parameter lies in as many messages as it can be something: Parameter, NonBodyParameter. */
function writeParameter(writer: ProtobufWriter, number: number, parameter: Members): void {
  const place = parameter['in'];
  nested(writer, number, () => {
    if (place === 'body') nested(writer, 1, () => writeMessage(writer, bodyParameter, parameter));
    else
      nested(writer, 2, () =>
        nested(writer, place === 'path' ? 4 : 3, () =>
          writeMessage(writer, place === 'path' ? pathParameter : queryParameter, parameter),
        ),
      );
  });
}

/** A list of ParametersItem: parameters, or references to those that the document has once. */
const parameters: FieldKind = {
  write: (number) => (writer, value) => {
    for (const parameter of reversed(value as Members[]))
      nested(writer, number, () => {
        if ('$ref' in parameter) nested(writer, 2, () => writeMessage(writer, reference, parameter));
        else writeParameter(writer, 1, parameter);
      });
  },
};

const response: MessageShape = {
  fields: [
    ['description', 1, 'string'],
    // SchemaItem {1 schema}
    ['schema', 2, { message: () => ({ fields: [['', 1, { message: () => schema }]] }) }],
  ],
  extensions: 5,
};

const operation: MessageShape = {
  fields: [
    ['tags', 1, 'strings'],
    ['description', 3, 'string'],
    ['operationId', 5, 'string'],
    ['produces', 6, 'strings'],
    ['consumes', 7, 'strings'],
    ['parameters', 8, parameters],
    ['responses', 9, named(1, () => ({ fields: [['', 1, { message: () => response }]] }))],
    ['schemes', 10, 'strings'],
    ['deprecated', 11, 'bool'],
  ],
  extensions: 13,
};

const pathItem: MessageShape = {
  fields: [
    ...(['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const).map(
      (method, i) => [method, i + 2, { message: () => operation }] as const,
    ),
    ['parameters', 9, parameters],
  ],
  extensions: 10,
};

const apiKey: MessageShape = {
  fields: [
    ['type', 1, 'string'],
    ['name', 2, 'string'],
    ['in', 3, 'string'],
    ['description', 4, 'string'],
  ],
};

/** A message with a list of {1 name, 2 value}: the list's number, and how a value is written. */
interface SectionShape {
  readonly number: number;
  readonly list: number;
  readonly write: (writer: ProtobufWriter, value: Members) => void;
}

/** Paths, Definitions, ParameterDefinitions. */
const sections = {
  paths: {
    number: 8,
    list: 2,
    write: (writer, value) => nested(writer, 2, () => writeMessage(writer, pathItem, value)),
  },
  definitions: {
    number: 9,
    list: 1,
    write: (writer, value) => nested(writer, 2, () => writeMessage(writer, schema, value)),
  },
  parameters: { number: 10, list: 1, write: (writer, value) => writeParameter(writer, 2, value) },
} as const satisfies Record<string, SectionShape>;

/** A member of the document that holds others by their names. */
export type SectionV2 = keyof typeof sections;

function writeEntries(
  writer: ProtobufWriter,
  { list, write }: SectionShape,
  members: Members | EncodedMembers,
): void {
  writeNamed(writer, list, members, (value) => write(writer, value as Members));
}

function sectionField(name: SectionV2): MessageShape['fields'][number] {
  const shape = sections[name];
  const write = (number: number) => (writer: ProtobufWriter, value: unknown) =>
    nested(writer, number, () => writeEntries(writer, shape, value as Members | EncodedMembers));
  return [name, shape.number, { write }];
}

const documentShape: MessageShape = {
  fields: [
    ['swagger', 1, 'string'],
    [
      'info',
      2,
      {
        message: () => ({
          fields: [
            ['title', 1, 'string'],
            ['version', 2, 'string'],
          ],
        }),
      },
    ],
    sectionField('paths'),
    sectionField('definitions'),
    sectionField('parameters'),
    [
      'security',
      12,
      {
        write: (number) => (writer, value) => {
          for (const requirement of reversed(value as Members[]))
            nested(writer, number, () =>
              writeNamed(writer, 1, requirement, (scopes) =>
                nested(writer, 2, () => writeField(writer, 1, 'strings', scopes)),
              ),
            );
        },
      },
    ],
    ['securityDefinitions', 13, named(1, () => ({ fields: [['', 2, { message: () => apiKey }]] }))],
  ],
  extensions: 16,
};

/** The protobuf of a document that buildOpenApiV2 made; its sections may have been encoded before. */
export function encodeOpenApiV2Protobuf(document: object): Buffer {
  return encodeShape(documentShape, document);
}

/** Members of a section, without what is around them. */
export function encodeEntriesV2(section: SectionV2, members: object): Buffer {
  const writer = new ProtobufWriter();
  writeEntries(writer, sections[section], members as Members);
  return writer.finish();
}
