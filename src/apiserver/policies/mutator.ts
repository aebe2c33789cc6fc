// A compiled MutatingAdmissionPolicy, and what it makes of an object.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/policy/mutating/{compilation.go,patch/{smd,json_patch}.go}.
import type { MutatingAdmissionPolicy, Mutation } from '#types/admissionregistration.k8s.io_v1';
import { isList, itemsOf, type Value } from '../../api/cel/values/value.ts';
import { applyConfiguration } from '../../api/managed-fields/typed/apply-configuration.ts';
import type { Json, JsonObject, KubeObject } from '../../api/object.ts';
import { applyJsonPatch, type JsonPatchOperation } from '../../api/patch/json-patch.ts';
import { PatchError } from '../../api/patch/patch-error.ts';
import { internalError } from '../../api/status.ts';
import {
  type CompiledExpression,
  ExpressionCompiler,
  toBool,
  toObject,
  toPatches,
} from '../../kinds/admissionregistration/expressions/expression-compiler.ts';
import { PatchValue, patchJson } from '../../kinds/admissionregistration/expressions/patch-values.ts';
import type { VersionedRequest } from '../admission/versioned-request.ts';
import { type CompiledVariable, costBudget, Evaluation, type EvaluationInputs } from './evaluation.ts';
import { meetsConditions } from './match-conditions.ts';

interface CompiledMutation {
  readonly isJsonPatch: boolean;
  readonly compiled: CompiledExpression;
}

/** A policy as it is evaluated; its faults show with the first request. */
export class Mutator {
  /** How many mutations there are. */
  readonly size: number;
  private readonly failurePolicy: string | undefined;
  private readonly conditions: readonly CompiledExpression[];
  private readonly variables: readonly CompiledVariable[];
  private readonly mutations: readonly CompiledMutation[];

  constructor({ spec }: MutatingAdmissionPolicy) {
    const scope = { hasParams: Boolean(spec.paramKind), hasAuthorizer: true };
    const compiler = new ExpressionCompiler(true);
    this.failurePolicy = spec.failurePolicy;
    this.variables = (spec.variables ?? []).map((variable) => ({
      name: variable.name,
      compiled: compiler.variable(variable, scope),
    }));
    this.conditions = (spec.matchConditions ?? []).map(({ expression }) =>
      compiler.compile(expression, toBool, scope),
    );
    this.mutations = (spec.mutations ?? []).map((mutation: Mutation) => {
      const isJsonPatch = mutation.patchType === 'JSONPatch';
      const { expression = '' } = (isJsonPatch ? mutation.jsonPatch : mutation.applyConfiguration) ?? {};
      const wanted = isJsonPatch ? toPatches : toObject;
      return {
        isJsonPatch,
        compiled: compiler.compile(expression, wanted, { ...scope, hasPatchTypes: true }),
      };
    });
    this.size = this.mutations.length;
  }

  /** Whether the request meets the policy's conditions. Throws Error where that cannot be told. */
  meetsConditions(inputs: EvaluationInputs): boolean {
    return meetsConditions(this.conditions, this.variables, inputs, this.failurePolicy);
  }

  /** The object as a mutation makes it; the one that is shown is not changed. Throws Error, ApiError where all fails. */
  mutate(index: number, inputs: EvaluationInputs): KubeObject {
    const { isJsonPatch, compiled } = this.mutations[index]!;
    if (compiled.program === undefined) throw new Error(compiled.fault);
    const result = new Evaluation(this.variables, inputs, costBudget).evaluate(compiled);
    if (result.error !== undefined) throw new Error(result.error);
    return isJsonPatch ? patched(inputs.shown, result.value) : applied(inputs.shown, result.value);
  }
}

function applied({ schema, object }: VersionedRequest, value: Value): KubeObject {
  const { apiVersion, kind } = object!;
  const config = { ...(patchJson(value) as JsonObject), apiVersion, kind } as Json;
  let merged: Json;
  try {
    merged = applyConfiguration(schema.mergeType(), object as unknown as Json, config);
  } catch (error) {
    throw new Error(`error applying patch: ${(error as Error).message}`, { cause: error });
  }
  return schema.decodeMerged(merged);
}

function operationOf(value: Value): JsonPatchOperation {
  if (!(value instanceof PatchValue)) throw new Error('type mismatch: expected an array of JSONPatch');
  const { op, path, from, value: of } = value;
  return {
    op,
    path,
    ...(from !== '' && { from }),
    ...(of !== undefined && { value: patchJson(of) }),
  };
}

function patched({ matched, schema, object }: VersionedRequest, value: Value): KubeObject {
  const operations = isList(value) ? [...itemsOf(value)].map(operationOf) : [];
  let json: Json;
  try {
    json = applyJsonPatch(object as unknown as Json, operations);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    // a test that fails means that nothing is to be done
    if (error.message.endsWith(': test failed')) return object!;
    throw new Error(`JSON Patch: ${error.message}`, { cause: error });
  }
  const unknown: string[] = [];
  let decoded: KubeObject;
  try {
    decoded = schema.decode(json, { add: (message) => unknown.push(message) });
  } catch (error) {
    throw internalError((error as Error).message, error);
  }
  if (unknown.length > 0 && !matched.custom)
    throw internalError(`strict decoding error: ${unknown.join(', ')}`);
  return decoded;
}

// Policies are parsed once per stored state.
const mutators = new WeakMap<KubeObject, Mutator>();

/** The mutator of a policy, made once. */
export function mutatorOf(policy: MutatingAdmissionPolicy & KubeObject): Mutator {
  let mutator = mutators.get(policy);
  if (mutator === undefined) {
    mutator = new Mutator(policy);
    mutators.set(policy, mutator);
  }
  return mutator;
}
