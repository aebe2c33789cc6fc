// The expressions of a ValidatingAdmissionPolicy against the schemas of what it matches: what would fail for objects of a type
// that the policy names, though the expression compiles where nothing is known of objects.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/validating/typechecking.go.
import type { ExpressionWarning, ValidatingAdmissionPolicy } from '#types/admissionregistration.k8s.io_v1';
import { compile, type Environment } from '../../../api/cel/compile.ts';
import { declaredType, NamedTypes } from '../../../api/cel/schema/declared-type.ts';
import type { Schema } from '../../../api/cel/schema/schema.ts';
import { admissionEnvironment, type KnownTypes, VariableTypes } from './environment.ts';

/** A kind in one version. */
export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** A type that a policy is for. */
export interface CheckedType {
  readonly of: GroupVersionKind;
  readonly schema: Schema;
}

type Policy = Pick<ValidatingAdmissionPolicy, 'spec'>;

// Upstream's name has a number that nobody can know.
const typeNumber = '0';

function namesOf({ of, schema }: CheckedType): NamedTypes | undefined {
  const declared = declaredType(schema, true);
  return declared && new NamedTypes(declared, of.kind + typeNumber);
}

/** The types of objects and of parameters; without a schema they are as unknown as ever. */
function knownTypes(object: NamedTypes | undefined, params: NamedTypes | undefined): KnownTypes {
  return {
    ...(object && { object: object.type }),
    ...(params && { params: params.type }),
    hasStruct: (name) => object?.hasStruct(name) === true || params?.hasStruct(name) === true,
    fieldType: (name, field) => object?.fieldType(name, field) ?? params?.fieldType(name, field),
  };
}

/** The environment of a policy's expressions where objects are of one type. */
function environmentFor({ spec }: Policy, known: KnownTypes): Environment {
  const scope = { hasParams: Boolean(spec.paramKind), hasAuthorizer: true };
  const types = new VariableTypes();
  const environment = admissionEnvironment(scope, types, known);
  for (const { name, expression } of spec.variables ?? []) {
    const { program, ...failed } = compile(expression, environment);
    types.declare(name, program?.outputType ?? ('outputType' in failed ? failed.outputType : undefined));
  }
  return environment;
}

/** What is wrong with a policy's validations and their messages, for objects of these types; nothing where nothing is. */
export function typeCheck(
  policy: Policy,
  types: readonly CheckedType[],
  params: CheckedType | undefined,
): ExpressionWarning[] {
  const paramNames = params && namesOf(params);
  const environments = types.map((type) => ({
    of: `${type.of.group}/${type.of.version}, Kind=${type.of.kind}`,
    environment: environmentFor(policy, knownTypes(namesOf(type), paramNames)),
  }));
  const warnings: ExpressionWarning[] = [];
  const check = (fieldRef: string, expression: string): void => {
    const texts = environments.flatMap(({ of, environment }) => {
      const { issues } = compile(expression, environment);
      return issues === undefined ? [] : [`${of}: ${issues}\n`];
    });
    if (texts.length > 0) warnings.push({ fieldRef, warning: texts.join('\n') });
  };
  policy.spec.validations?.forEach(({ expression, messageExpression }, i) => {
    const at = `spec.validations[${i}]`;
    check(`${at}.expression`, expression);
    if (messageExpression) check(`${at}.messageExpression`, messageExpression);
  });
  return warnings;
}
