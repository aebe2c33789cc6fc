// Finds the types and functions of an expression and writes them into its tree.
// Upstream: cel-go checker/checker.go; the texts are those of checker/errors.go.
import {
  type Call,
  type Comprehension,
  type Expr,
  qualifiedName,
  type Select,
  type StructField,
  type StructLiteral,
} from '../syntax/ast.ts';
import type { Issue } from '../syntax/source.ts';
import { extraFunctions, type Overload, overloadsOf, typeNames } from './declarations.ts';
import {
  anyTypeType,
  boolType,
  bytesType,
  doubleType,
  dynType,
  errorType,
  intType,
  isDyn,
  isDynOrError,
  isOptional,
  listType,
  mapType,
  nullType,
  optionalType,
  signatureText,
  stringType,
  structType,
  type Type,
  typeParam,
  typeType,
  uintType,
  unwrapOptional,
} from './types.ts';
import { mostGeneral, Substitutions } from './unify.ts';

/** What an expression may refer to. */
export interface Declarations {
  /** Variables by name. */
  readonly variables: ReadonlyMap<string, Type>;
  /** The type of a declared field of a struct type. */
  fieldType(structName: string, field: string): Type | undefined;
  /** Whether there is a struct type of this name. */
  hasStruct(name: string): boolean;
  /** Whether expressions can make structs of this name: `Object.spec{replicas: 1}`. Absent: of none. */
  canMake?(name: string): boolean;
  /** Functions of the table that only some expressions have. Absent: none. */
  readonly extraFunctions?: ReadonlySet<string>;
}

interface Scope {
  readonly variables: Map<string, Type>;
  readonly outer: Scope | undefined;
}

function literalType(value: unknown): Type {
  switch (typeof value) {
    case 'boolean':
      return boolType;
    case 'bigint':
      return intType;
    case 'number':
      return doubleType;
    case 'string':
      return stringType;
    default:
      if (value === null) return nullType;
      return value instanceof Uint8Array ? bytesType : uintType;
  }
}

class Checker {
  readonly issues: Issue[] = [];
  private readonly declarations: Declarations;
  private readonly substitutions = new Substitutions();
  private scope: Scope | undefined;
  private variableCount = 0;

  constructor(declarations: Declarations) {
    this.declarations = declarations;
  }

  private report(at: number, message: string): void {
    this.issues.push({ message, offset: at });
  }

  private undeclared(at: number, name: string): void {
    this.report(at, `undeclared reference to '${name}' (in container '')`);
  }

  private mismatch(at: number, wanted: Type, found: Type): void {
    this.report(at, `expected type '${wanted.text}' but found '${found.text}'`);
  }

  private newVariable(): Type {
    return typeParam(`_var${this.variableCount++}`);
  }

  check(expr: Expr): Type {
    const type = this.typeOf(expr);
    expr.type = type;
    return type;
  }

  /** Fills in type variables everywhere. */
  finish(expr: Expr): void {
    if (expr.type !== undefined) expr.type = this.substitutions.substitute(expr.type, true);
    for (const part of partsOf(expr)) this.finish(part);
  }

  private typeOf(expr: Expr): Type {
    switch (expr.kind) {
      case 'literal':
        return literalType(expr.value);
      case 'ident':
        return this.ident(expr);
      case 'select':
        return this.select(expr);
      case 'call':
        return this.call(expr);
      case 'list':
        return this.list(expr.elements, expr.optionals);
      case 'map':
        return this.map(expr);
      case 'struct':
        return this.struct(expr);
      case 'comprehension':
        return this.comprehension(expr);
    }
  }

  /** The type of a variable, or of a type's name. */
  private lookup(name: string): { name: string; type: Type; isType: boolean } | undefined {
    const plain = name.startsWith('.') ? name.slice(1) : name;
    for (let scope = this.scope; scope !== undefined; scope = scope.outer) {
      const type = scope.variables.get(plain);
      if (type !== undefined) return { name: plain, type, isType: false };
    }
    const type = this.declarations.variables.get(plain);
    if (type !== undefined) return { name: plain, type, isType: false };
    if (plain === 'type') return { name: plain, type: anyTypeType, isType: true };
    const named =
      typeNames.get(plain) ?? (this.declarations.canMake?.(plain) ? structType(plain) : undefined);
    return named && { name: plain, type: typeType(named), isType: true };
  }

  private overloadsOf(name: string): readonly Overload[] | undefined {
    if (extraFunctions.has(name) && !this.declarations.extraFunctions?.has(name)) return undefined;
    return overloadsOf(name);
  }

  private ident(expr: Expr & { kind: 'ident' }): Type {
    const found = this.lookup(expr.name);
    if (found === undefined) {
      this.undeclared(expr.at, expr.name);
      return errorType;
    }
    expr.name = found.name;
    if (found.isType) expr.namesType = found.name;
    return found.type;
  }

  private select(expr: Select): Type {
    const name = expr.testOnly ? undefined : qualifiedName(expr);
    const found = name === undefined ? undefined : this.lookup(name);
    if (found !== undefined) {
      expr.qualified = { kind: 'ident', name: found.name, at: expr.at, type: found.type };
      if (found.isType) expr.qualified.namesType = found.name;
      return found.type;
    }
    const type = this.field(expr.at, expr.operand, expr.field, false);
    return this.substitutions.substitute(expr.testOnly ? boolType : type, false);
  }

  private field(at: number, operand: Expr, field: string, isOptionalSelect: boolean): Type {
    const operandType = this.substitutions.substitute(this.check(operand), false);
    const target = unwrapOptional(operandType);
    let result = errorType;
    switch (target.kind) {
      case 'map':
        result = target.params[1]!;
        break;
      case 'struct':
        result = this.structField(at, target.name, field);
        break;
      case 'param':
        this.substitutions.isAssignable(dynType, target);
        result = dynType;
        break;
      default:
        if (!isDynOrError(target)) this.report(at, `type '${target.text}' does not support field selection`);
        result = dynType;
    }
    return isOptional(operandType) || isOptionalSelect ? optionalType(result) : result;
  }

  private structField(at: number, structName: string, field: string): Type {
    if (!this.declarations.hasStruct(structName)) {
      this.report(at, `unexpected failed resolution of '${structName}'`);
      return errorType;
    }
    const type = this.declarations.fieldType(structName, field);
    if (type !== undefined) return type;
    this.report(at, `undefined field '${field}'`);
    return errorType;
  }

  private call(expr: Call): Type {
    if (expr.name === '_?._') return this.optionalSelect(expr);
    for (const arg of expr.args) this.check(arg);
    const { target } = expr;
    if (target === undefined) {
      const name = expr.name.startsWith('.') ? expr.name.slice(1) : expr.name;
      return this.resolve(expr, name, undefined);
    }
    const prefix = qualifiedName(target);
    const qualified = `${prefix?.startsWith('.') ? prefix.slice(1) : prefix}.${expr.name}`;
    if (prefix !== undefined && this.overloadsOf(qualified) !== undefined) {
      expr.target = undefined;
      return this.resolve(expr, qualified, undefined);
    }
    this.check(target);
    return this.resolve(expr, expr.name, target);
  }

  private optionalSelect(expr: Call): Type {
    const [operand, field] = [expr.args[0]!, expr.args[1]!];
    field.type = stringType;
    expr.overloads = ['select_optional_field'];
    const name = field.kind === 'literal' && typeof field.value === 'string' ? field.value : '';
    return this.substitutions.substitute(this.field(expr.at, operand, name, true), false);
  }

  private resolve(expr: Call, name: string, target: Expr | undefined): Type {
    const overloads = this.overloadsOf(name);
    if (overloads === undefined) {
      this.undeclared(expr.at, target === undefined && expr.name.startsWith('.') ? expr.name : name);
      return errorType;
    }
    expr.qualifiedName = name;
    const args = target === undefined ? expr.args : [target, ...expr.args];
    if (name === '_&&_' || name === '_||_') return this.logical(expr, overloads[0]!.id);
    const types = args.map((arg) => arg.type!);
    const found = this.matching(overloads, types, target !== undefined);
    if (found === undefined) {
      const shown = types.map((type) => this.substitutions.substitute(type, true));
      const signature = signatureText(shown, target !== undefined);
      this.report(expr.at, `found no matching overload for '${name}' applied to '${signature}'`);
      return errorType;
    }
    expr.overloads = found.ids;
    return found.type;
  }

  private logical(expr: Call, id: string): Type {
    let isWrong = false;
    for (const arg of expr.args) {
      if (this.substitutions.isAssignable(arg.type!, boolType)) continue;
      this.mismatch(arg.at, boolType, arg.type!);
      isWrong = true;
    }
    expr.overloads = [id];
    return isWrong ? errorType : boolType;
  }

  /** The overloads that fit, and the type they have in common. */
  private matching(
    overloads: readonly Overload[],
    types: readonly Type[],
    isMember: boolean,
  ): { ids: string[]; type: Type } | undefined {
    const ids: string[] = [];
    let result: Type | undefined;
    for (const overload of overloads) {
      if (overload.isMember !== isMember) continue;
      const fresh = this.instantiate(overload);
      if (!this.substitutions.areAssignable(types, fresh.args)) continue;
      ids.push(overload.id);
      const type = this.substitutions.substitute(fresh.result, false);
      if (result === undefined) result = type;
      else if (!isDyn(result) && type.text !== result.text) result = dynType;
    }
    return result && { ids, type: result };
  }

  /** The overload with type variables of its own. */
  private instantiate({ args, result, variables }: Overload): { args: readonly Type[]; result: Type } {
    if (variables.length === 0) return { args, result };
    const own = new Substitutions();
    for (const name of variables) own.isAssignable(this.newVariable(), typeParam(name));
    return { args: args.map((arg) => own.substitute(arg, false)), result: own.substitute(result, false) };
  }

  private join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    if (this.substitutions.isAssignable(previous, current)) return mostGeneral(previous, current);
    return dynType;
  }

  private unwrapped(expr: Expr, isOptionalEntry: boolean): Type {
    const type = expr.type!;
    if (!isOptionalEntry) return type;
    if (!isOptional(type) && !isDyn(type)) this.mismatch(expr.at, optionalType(type), type);
    return unwrapOptional(type);
  }

  private list(elements: readonly Expr[], optionals: ReadonlySet<number>): Type {
    let type: Type | undefined;
    elements.forEach((element, i) => {
      this.check(element);
      type = this.join(type, this.unwrapped(element, optionals.has(i)));
    });
    return listType(type ?? this.newVariable());
  }

  private map(expr: Expr & { kind: 'map' }): Type {
    let keyType: Type | undefined;
    let valueType: Type | undefined;
    for (const { key, value, optional } of expr.entries) {
      keyType = this.join(keyType, this.check(key));
      this.check(value);
      valueType = this.join(valueType, this.unwrapped(value, optional));
    }
    if (keyType === undefined || valueType === undefined)
      return mapType(this.newVariable(), this.newVariable());
    return mapType(keyType, valueType);
  }

  /** Only mutations have types that expressions can make. */
  private struct(expr: StructLiteral): Type {
    const found = this.lookup(expr.typeName);
    if (found === undefined) {
      this.undeclared(expr.at, expr.typeName);
      return errorType;
    }
    expr.typeName = found.name;
    const type = found.isType ? (found.type.params[0] ?? anyTypeType) : undefined;
    if (type === undefined) this.report(expr.at, `'${found.type.name}' is not a type`);
    else if (type.kind !== 'struct') this.report(expr.at, `'${type.name}' is not a message type`);
    for (const field of expr.fields) this.initializer(field, type);
    return type?.kind === 'struct' ? type : errorType;
  }

  private initializer({ name, value, at, optional }: StructField, struct: Type | undefined): void {
    this.check(value);
    if (struct === undefined) return;
    const type = struct.kind === 'struct' ? this.declarations.fieldType(struct.name, name) : undefined;
    if (type === undefined) {
      this.report(at, `undefined field '${name}'`);
      return;
    }
    const found = this.unwrapped(value, optional);
    if (this.substitutions.isAssignable(type, found)) return;
    this.report(
      at,
      `expected type of field '${name}' is '${type.text}' but provided type is '${found.text}'`,
    );
  }

  private comprehension(expr: Comprehension): Type {
    this.check(expr.range);
    const accuType = this.check(expr.init);
    const rangeType = this.substitutions.substitute(expr.range.type!, false);
    const outer = this.scope;
    this.scope = { variables: new Map([[expr.accuVar, accuType]]), outer };
    const [first, second] = this.iteration(expr, rangeType);
    const variables = new Map([[expr.iterVar, first]]);
    if (expr.iterVar2 !== undefined) variables.set(expr.iterVar2, second);
    this.scope = { variables, outer: this.scope };
    this.check(expr.condition);
    this.assertType(expr.condition, boolType);
    this.check(expr.step);
    this.assertType(expr.step, accuType);
    this.scope = this.scope.outer;
    const result = this.check(expr.result);
    this.scope = outer;
    return this.substitutions.substitute(result, false);
  }

  /** The types of the variables that run over the range. */
  private iteration(expr: Comprehension, rangeType: Type): [Type, Type] {
    const isTwo = expr.iterVar2 !== undefined;
    switch (rangeType.kind) {
      case 'list':
        return isTwo ? [intType, rangeType.params[0]!] : [rangeType.params[0]!, dynType];
      case 'map':
        return [rangeType.params[0]!, rangeType.params[1]!];
      case 'dyn':
      case 'error':
      case 'param':
        this.substitutions.isAssignable(dynType, rangeType);
        return [dynType, dynType];
      default:
        this.report(
          expr.range.at,
          `expression of type '${rangeType.text}' cannot be range of a comprehension (must be list, map, or dynamic)`,
        );
        return [errorType, errorType];
    }
  }

  private assertType(expr: Expr, type: Type): void {
    if (!this.substitutions.isAssignable(type, expr.type!)) this.mismatch(expr.at, type, expr.type!);
  }
}

/** The expressions directly within one. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'select':
      return expr.qualified ? [expr.qualified] : [expr.operand];
    case 'call':
      return expr.target ? [expr.target, ...expr.args] : expr.args;
    case 'list':
      return expr.elements;
    case 'map':
      return expr.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expr.fields.map(({ value }) => value);
    case 'comprehension':
      return [expr.range, expr.init, expr.condition, expr.step, expr.result];
    default:
      return [];
  }
}

/** Checks a tree and writes types, overloads and resolved names into it; returns what is wrong with it. */
export function check(expr: Expr, declarations: Declarations): readonly Issue[] {
  const checker = new Checker(declarations);
  checker.check(expr);
  checker.finish(expr);
  return checker.issues;
}
