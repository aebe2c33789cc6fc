// The parameters of operations, before they take the shape of version 2 or 3.
// Upstream: addObjectParams in k8s.io/apiserver/pkg/endpoints/installer.go.
import { structFields } from '../schema/struct-fields.ts';
import { findType } from '../schema/type-table.ts';
import { fieldDescription } from './descriptions.ts';

/** A parameter in the path or the query. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'string' | 'integer' | 'boolean';
  readonly description: string;
}

const optionTypes: Record<string, Parameter['type']> = {
  int32: 'integer',
  int64: 'integer',
  bool: 'boolean',
};

const optionsByRef = new Map<string, readonly Parameter[]>();

function fieldParameters(ref: string): readonly Parameter[] {
  let found = optionsByRef.get(ref);
  if (found === undefined) {
    found = structFields(ref)
      .map(({ fact }) => fact)
      .filter((fact) => fact.json !== 'kind' && fact.json !== 'apiVersion')
      .filter((fact) => !fact.type.includes('.') && fact.type !== 'Time')
      .map((fact) => ({
        name: fact.json,
        in: 'query',
        type: optionTypes[fact.type] ?? 'string',
        description: fieldDescription(ref, fact.json),
      }));
    optionsByRef.set(ref, found);
  }
  return found;
}

/** The fields of an option kind as query parameters: the same objects for all operations. */
export function optionParameters(ref: string, without: readonly string[] = []): Parameter[] {
  if (findType(ref) === undefined) return [];
  return fieldParameters(ref).filter(({ name }) => !without.includes(name));
}

export const pretty: Parameter = {
  name: 'pretty',
  in: 'query',
  type: 'string',
  description:
    "If 'true', then the output is pretty printed. Defaults to 'false' unless the user-agent indicates a browser or command-line HTTP tool (curl and wget).",
};

export const namespaceParameter: Parameter = {
  name: 'namespace',
  in: 'path',
  type: 'string',
  description: 'object name and auth scope, such as for teams and projects',
};

/** The name in a path. */
export function nameParameter(kind: string): Parameter {
  return { name: 'name', in: 'path', type: 'string', description: `name of the ${kind}` };
}

const deleteOptionNames = ['orphanDependents', 'propagationPolicy', 'gracePeriodSeconds', 'dryRun'];

/** DeleteOptions as query parameters. */
export function deleteParameters(): Parameter[] {
  return optionParameters('meta/v1.DeleteOptions', ['preconditions']).filter(
    ({ name }) => deleteOptionNames.includes(name) || name.startsWith('ignoreStore'),
  );
}
