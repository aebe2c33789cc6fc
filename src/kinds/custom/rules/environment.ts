// What the rules of one schema node may refer to: self and oldSelf.
// Upstream: prepareEnvSet of k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/compilation.go.
import type { Type } from '../../../api/cel/check/types.ts';
import { optionalType } from '../../../api/cel/check/types.ts';
import type { Environment } from '../../../api/cel/compile.ts';
import { type DeclaredType, NamedTypes, sizesOf } from '../../../api/cel/schema/declared-type.ts';

// Upstream's name has a number that nobody can know, so that no rule can name the type.
const typeName = 'selfType1';

/** The environments of a node's rules: with oldSelf as it is, and with an optional oldSelf. */
export interface RuleEnvironments {
  readonly plain: Environment;
  readonly optional: Environment;
}

/** The environments for the type of a node. */
export function ruleEnvironments(declared: DeclaredType): RuleEnvironments {
  const types = new NamedTypes(declared, typeName);
  const sizeOfPath = sizesOf(declared);
  const make = (oldSelf: Type): Environment => ({
    variables: new Map([
      ['self', types.type],
      ['oldSelf', oldSelf],
    ]),
    hasStruct: (name) => types.hasStruct(name),
    fieldType: (structName, field) => types.fieldType(structName, field),
    sizeOfPath,
  });
  return { plain: make(types.type), optional: make(optionalType(types.type)) };
}
