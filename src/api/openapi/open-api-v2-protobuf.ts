// The OpenAPI 2 document as the protobuf that older kubectl asks for: application/com.github.proto-openapi.spec.v2@v1.0+protobuf.
// Upstream: github.com/google/gnostic-models/openapiv2/OpenAPIv2.proto.
import { writeJson } from '../long-integers.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

type Members = Record<string, unknown>;
type Write = (writer: ProtobufWriter, value: unknown) => void;
/** A message: member name, field number and how its value is written (tag included), in rising order of numbers. */
interface MessageShape {
  readonly fields: readonly (readonly [name: string, number: number, kind: FieldKind])[];
  /** The number of the list that takes members beginning with `x-`. */
  readonly extensions?: number;
}
type FieldKind =
  | 'string'
  | 'bool'
  | 'number'
  | 'integer'
  | 'strings'
  | 'any'
  | 'anys'
  | { message: () => MessageShape; list?: boolean }
  | { write: (number: number) => Write };

const bytesTag = (number: number): number => number * 8 + 2;

function nested(writer: ProtobufWriter, number: number, write: () => void): void {
  const before = writer.length;
  write();
  writer.close(before, bytesTag(number));
}

/** Any holds YAML; JSON is YAML. */
function writeAny(writer: ProtobufWriter, number: number, value: unknown): void {
  nested(writer, number, () => writer.textField(bytesTag(2), `${writeJson(value)}\n`));
}

function reversed<T>(list: readonly T[]): T[] {
  return [...list].reverse();
}

/** A list of {1 name, 2 value} messages, one for each member. */
function writeNamed(
  writer: ProtobufWriter,
  number: number,
  members: readonly [string, unknown][],
  writeValue: (value: unknown) => void,
): void {
  for (const [name, value] of reversed(members))
    nested(writer, number, () => {
      writeValue(value);
      writer.textField(bytesTag(1), name);
    });
}

function writeField(writer: ProtobufWriter, number: number, kind: FieldKind, value: unknown): void {
  if (kind === 'string') writer.textField(bytesTag(number), value as string);
  else if (kind === 'strings')
    for (const text of reversed(value as string[])) writer.textField(bytesTag(number), text);
  else if (kind === 'bool' || kind === 'integer') {
    writer.varint(Number(value));
    writer.varint(number * 8);
  } else if (kind === 'number') {
    writer.double(value as number);
    writer.varint(number * 8 + 1);
  } else if (kind === 'any') writeAny(writer, number, value);
  else if (kind === 'anys') for (const item of reversed(value as unknown[])) writeAny(writer, number, item);
  else if ('write' in kind) kind.write(number)(writer, value);
  else
    for (const item of kind.list ? reversed(value as unknown[]) : [value])
      nested(writer, number, () => writeMessage(writer, kind.message(), item as Members));
}

function writeMessage(writer: ProtobufWriter, shape: MessageShape, value: Members): void {
  if (shape.extensions !== undefined) {
    const found = Object.entries(value).filter(([name]) => name.startsWith('x-'));
    const number = shape.extensions;
    writeNamed(writer, number, found, (extension) => writeAny(writer, 2, extension));
  }
  for (const [name, number, kind] of reversed(shape.fields)) {
    // A field called '' is a message around the same JSON.
    const member = name === '' ? value : value[name];
    if (member !== undefined) writeField(writer, number, kind, member);
  }
}

/** Members of any name, each with the same kind of message; the list has `inner` as its number. */
function named(inner: number, shape: () => MessageShape): FieldKind {
  return {
    write: (number) => (writer, value) =>
      nested(writer, number, () =>
        writeNamed(writer, inner, Object.entries(value as Members), (member) =>
          nested(writer, 2, () => writeMessage(writer, shape(), member as Members)),
        ),
      ),
  };
}

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

/** A parameter lies in as many messages as it can be something: ParametersItem, Parameter, NonBodyParameter. */
const parameters: FieldKind = {
  write: (number) => (writer, value) => {
    for (const parameter of reversed(value as Members[]))
      nested(writer, number, () =>
        nested(writer, 1, () => {
          const place = parameter['in'];
          if (place === 'body') nested(writer, 1, () => writeMessage(writer, bodyParameter, parameter));
          else
            nested(writer, 2, () =>
              nested(writer, place === 'path' ? 4 : 3, () =>
                writeMessage(writer, place === 'path' ? pathParameter : queryParameter, parameter),
              ),
            );
        }),
      );
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
    ['paths', 8, named(2, () => pathItem)],
    ['definitions', 9, named(1, () => schema)],
    [
      'security',
      12,
      {
        write: (number) => (writer, value) => {
          for (const requirement of reversed(value as Members[]))
            nested(writer, number, () =>
              writeNamed(writer, 1, Object.entries(requirement), (scopes) =>
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

/** The protobuf of a document that buildOpenApiV2 made. */
export function encodeOpenApiV2Protobuf(document: object): Buffer {
  const writer = new ProtobufWriter();
  writeMessage(writer, documentShape, document as Members);
  return writer.finish();
}
