// Versions and schemas in the form of upstream's internal types, as its messages show them: no JSON names, all fields.
// Upstream: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/types{,_jsonschema}.go.
import type {
  CustomResourceDefinitionVersion,
  CustomResourceSubresources,
  JSONSchemaProps,
} from '#types/apiextensions.k8s.io_v1';

type Schemas = Readonly<Record<string, JSONSchemaProps>>;

function inOrder<T>(map: Readonly<Record<string, T>>, form: (value: T) => unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((name) => [name, form(map[name]!)]),
  );
}

function jsonForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(jsonForm);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return inOrder(value as Record<string, unknown>, jsonForm);
}

function listForm<T>(list: readonly T[] | undefined, form: (value: T) => unknown): unknown {
  return list ? list.map(form) : null;
}

function schemasForm(schemas: Schemas | undefined): unknown {
  return schemas ? inOrder(schemas, schemaForm) : null;
}

function itemsForm(items: JSONSchemaProps['items']): unknown {
  if (items === undefined) return null;
  return Array.isArray(items)
    ? { Schema: null, JSONSchemas: items.map(schemaForm) }
    : { Schema: schemaForm(items), JSONSchemas: null };
}

function orBoolForm(value: JSONSchemaProps['additionalProperties']): unknown {
  if (value === undefined) return null;
  return typeof value === 'object'
    ? { Allows: true, Schema: schemaForm(value) }
    : { Allows: value, Schema: null };
}

function dependencyForm(value: JSONSchemaProps | string[]): unknown {
  return Array.isArray(value)
    ? { Schema: null, Property: value }
    : { Schema: schemaForm(value), Property: null };
}

function rulesForm(rules: JSONSchemaProps['x-kubernetes-validations']): unknown {
  return listForm(rules, (rule) => ({
    Rule: rule.rule,
    Message: rule.message ?? '',
    MessageExpression: rule.messageExpression ?? '',
    Reason: rule.reason ?? null,
    FieldPath: rule.fieldPath ?? '',
    OptionalOldSelf: rule.optionalOldSelf ?? null,
  }));
}

function extensionsForm(schema: JSONSchemaProps): Record<string, unknown> {
  return {
    XPreserveUnknownFields: schema['x-kubernetes-preserve-unknown-fields'] ?? null,
    XEmbeddedResource: schema['x-kubernetes-embedded-resource'] ?? false,
    XIntOrString: schema['x-kubernetes-int-or-string'] ?? false,
    XListMapKeys: schema['x-kubernetes-list-map-keys'] ?? null,
    XListType: schema['x-kubernetes-list-type'] ?? null,
    XMapType: schema['x-kubernetes-map-type'] ?? null,
    XValidations: rulesForm(schema['x-kubernetes-validations']),
  };
}

function limitsForm(schema: JSONSchemaProps): Record<string, unknown> {
  return {
    Maximum: schema.maximum ?? null,
    ExclusiveMaximum: schema.exclusiveMaximum ?? false,
    Minimum: schema.minimum ?? null,
    ExclusiveMinimum: schema.exclusiveMinimum ?? false,
    MaxLength: schema.maxLength ?? null,
    MinLength: schema.minLength ?? null,
    Pattern: schema.pattern ?? '',
    MaxItems: schema.maxItems ?? null,
    MinItems: schema.minItems ?? null,
    UniqueItems: schema.uniqueItems ?? false,
    MultipleOf: schema.multipleOf ?? null,
    Enum: listForm(schema.enum, jsonForm),
    MaxProperties: schema.maxProperties ?? null,
    MinProperties: schema.minProperties ?? null,
    Required: schema.required ?? null,
  };
}

function docsForm(docs: JSONSchemaProps['externalDocs']): unknown {
  return docs ? { Description: docs.description ?? '', URL: docs.url ?? '' } : null;
}

/** A schema, for `invalid` to print. */
export function schemaForm(schema: JSONSchemaProps): Record<string, unknown> {
  return {
    ID: schema.id ?? '',
    Schema: schema.$schema ?? '',
    Ref: schema.$ref ?? null,
    Description: schema.description ?? '',
    Type: schema.type ?? '',
    Nullable: schema.nullable ?? false,
    Format: schema.format ?? '',
    Title: schema.title ?? '',
    Default: jsonForm(schema.default),
    ...limitsForm(schema),
    Items: itemsForm(schema.items),
    AllOf: listForm(schema.allOf, schemaForm),
    OneOf: listForm(schema.oneOf, schemaForm),
    AnyOf: listForm(schema.anyOf, schemaForm),
    Not: schema.not ? schemaForm(schema.not) : null,
    Properties: schemasForm(schema.properties),
    AdditionalProperties: orBoolForm(schema.additionalProperties),
    PatternProperties: schemasForm(schema.patternProperties),
    Dependencies: schema.dependencies ? inOrder(schema.dependencies, dependencyForm) : null,
    AdditionalItems: orBoolForm(schema.additionalItems),
    Definitions: schemasForm(schema.definitions),
    ExternalDocs: docsForm(schema.externalDocs),
    Example: jsonForm(schema.example),
    ...extensionsForm(schema),
  };
}

function subresourcesForm({ status, scale }: CustomResourceSubresources): Record<string, unknown> {
  return {
    Status: status ? {} : null,
    Scale: scale
      ? {
          SpecReplicasPath: scale.specReplicasPath,
          StatusReplicasPath: scale.statusReplicasPath,
          LabelSelectorPath: scale.labelSelectorPath ?? null,
        }
      : null,
  };
}

/** A version; what all versions share is not in it. */
export function versionForm(
  version: CustomResourceDefinitionVersion,
  isShared: (field: 'schema' | 'subresources' | 'additionalPrinterColumns' | 'selectableFields') => boolean,
): Record<string, unknown> {
  const { schema, subresources, additionalPrinterColumns, selectableFields } = version;
  const root = schema?.openAPIV3Schema;
  const columns = listForm(additionalPrinterColumns, (column) => ({
    Name: column.name,
    Type: column.type,
    Format: column.format ?? '',
    Description: column.description ?? '',
    Priority: column.priority ?? 0,
    JSONPath: column.jsonPath,
  }));
  const fields = listForm(selectableFields, ({ jsonPath }) => ({ JSONPath: jsonPath }));
  return {
    Name: version.name,
    Served: version.served,
    Storage: version.storage,
    Deprecated: version.deprecated ?? false,
    DeprecationWarning: version.deprecationWarning ?? null,
    Schema: isShared('schema') || !schema ? null : { OpenAPIV3Schema: root ? schemaForm(root) : null },
    Subresources: isShared('subresources') || !subresources ? null : subresourcesForm(subresources),
    AdditionalPrinterColumns: isShared('additionalPrinterColumns') ? null : columns,
    SelectableFields: isShared('selectableFields') ? null : fields,
  };
}
