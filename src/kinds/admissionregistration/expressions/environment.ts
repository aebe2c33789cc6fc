// What the expressions of admission may refer to.
// Upstream: mustBuildEnvs of k8s.io/apiserver/pkg/admission/plugin/cel/compile.go, and composition.go beside it.
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  stringType,
  structType,
  type Type,
  timestampType,
  uintType,
} from '../../../api/cel/check/types.ts';
import type { Environment } from '../../../api/cel/compile.ts';
import { EvaluationError } from '../../../api/cel/values/value.ts';
import { declaredTypes, namespaceType, requestType } from './declared-types.ts';
import { isPatchType, makePatchValue, patchFieldType } from './patch-values.ts';

/** Which of the variables and types that not all expressions have an expression has. */
export interface ExpressionScope {
  readonly hasParams: boolean;
  readonly hasAuthorizer: boolean;
  /** `Object` and `JSONPatch`. */
  readonly hasPatchTypes?: boolean;
}

/** Types in place of the unknown ones of objects. */
export interface KnownTypes extends Pick<Environment, 'hasStruct' | 'fieldType'> {
  /** Of `object` and `oldObject`. */
  readonly object?: Type;
  readonly params?: Type;
}

const variablesName = 'kubernetes.variables';
const patchFunctions = new Set(['jsonpatch.escapeKey']);

const plainTypes = new Set(
  [boolType, bytesType, doubleType, durationType, intType, nullType, stringType, timestampType, uintType].map(
    (type) => type.kind,
  ),
);

/** The type of a variable by that of its expression: what is neither plain nor a list or map of such is unknown. */
function variableType(type: Type | undefined): Type {
  if (type === undefined) return dynType;
  if (plainTypes.has(type.kind)) return type;
  if (type.kind === 'list') return listType(variableType(type.params[0]));
  if (type.kind === 'map') return mapType(variableType(type.params[0]), variableType(type.params[1]));
  return dynType;
}

/** The variables of a policy: each is seen by those that come after it. */
export class VariableTypes {
  private readonly types = new Map<string, Type>();

  /** `type`: that of its expression; undefined where it does not compile. */
  declare(name: string, type: Type | undefined): void {
    this.types.set(name, variableType(type));
  }

  typeOf(name: string): Type | undefined {
    return this.types.get(name);
  }
}

function variablesOf(scope: ExpressionScope, known: KnownTypes | undefined, composes: boolean) {
  const object = known?.object ?? dynType;
  const variables = new Map<string, Type>([
    ['object', object],
    ['oldObject', object],
    ['request', requestType],
    ['namespaceObject', namespaceType],
  ]);
  if (scope.hasParams) variables.set('params', known?.params ?? dynType);
  if (scope.hasAuthorizer) {
    variables.set('authorizer', structType('kubernetes.authorization.Authorizer'));
    // type checking against schemas knows it not
    if (known === undefined)
      variables.set('authorizer.requestResource', structType('kubernetes.authorization.ResourceCheck'));
  }
  if (composes) variables.set('variables', structType(variablesName));
  return variables;
}

/** The environment of expressions; `composition`: they see the variables of their policy. */
export function admissionEnvironment(
  scope: ExpressionScope,
  composition?: VariableTypes,
  known?: KnownTypes,
): Environment {
  const { hasPatchTypes = false } = scope;
  return {
    variables: variablesOf(scope, known, composition !== undefined),
    hasStruct: (name) =>
      declaredTypes.has(name) ||
      (composition !== undefined && name === variablesName) ||
      (hasPatchTypes && isPatchType(name)) ||
      known?.hasStruct(name) === true,
    fieldType(structName, field) {
      if (structName === variablesName) return composition?.typeOf(field);
      const declared = declaredTypes.get(structName);
      if (declared !== undefined) return Object.hasOwn(declared, field) ? declared[field] : undefined;
      return hasPatchTypes && isPatchType(structName)
        ? patchFieldType(structName, field)
        : known?.fieldType(structName, field);
    },
    // structs of the declared types compile, but none can be made
    canMake: (name) => declaredTypes.has(name) || (hasPatchTypes && isPatchType(name)),
    makeStruct: (name, fields) =>
      declaredTypes.has(name) ? new EvaluationError(`unknown type '${name}'`) : makePatchValue(name, fields),
    ...(hasPatchTypes && { extraFunctions: patchFunctions }),
  };
}
