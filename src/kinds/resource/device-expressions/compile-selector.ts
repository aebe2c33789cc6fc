// Expressions that select devices: what they may refer to, what they must evaluate to, what they may cost.
// Upstream: k8s.io/dynamic-resource-allocation/cel/compile.go, with its gates as they are by default.
import { boolType, mapType, stringType, structType, type Type } from '../../../api/cel/check/types.ts';
import { compile, type Environment } from '../../../api/cel/compile.ts';
import type { SizePath } from '../../../api/cel/cost/nodes.ts';
import { EvaluationError } from '../../../api/cel/values/value.ts';

const highestCost = 1_000_000;
/** An attribute is of any type, which is not the same as of an unknown one: a selector may be such an attribute. */
const anyType: Type = { kind: 'dyn', name: 'google.protobuf.Any', params: [], text: 'any' };
const deviceType = structType('kubernetes.DRADevice');

const fields: Readonly<Record<string, Type>> = {
  allowMultipleAllocations: boolType,
  attributes: mapType(stringType, mapType(stringType, anyType)),
  capacity: mapType(stringType, mapType(stringType, structType('kubernetes.Quantity'))),
  driver: stringType,
};

/** How long a text, or how big a map, can be. */
interface Sized {
  readonly size: number;
  readonly key?: Sized;
  readonly element?: Sized;
  readonly fields?: Readonly<Record<string, Sized>>;
}

const attribute: Sized = { size: 64 };
const identifier: Sized = { size: 32 };
const domain: Sized = { size: 63 };
const attributes: Sized = { size: 32, key: identifier, element: attribute };
const device: Sized = {
  size: 0,
  fields: {
    allowMultipleAllocations: { size: 1 },
    attributes: { size: 32, key: domain, element: attributes },
    capacity: { size: 32, key: domain, element: { size: 32, key: identifier } },
    driver: { size: 63 },
  },
};

function step(node: Sized, name: string): Sized | undefined {
  if (name === '@items' || name === '@values') return node.element;
  if (name === '@keys') return node.key;
  // all attributes are of one size, whatever they are called
  return node.fields?.[name] ?? (node === attributes ? attribute : undefined);
}

function sizeOfPath([root, ...names]: SizePath) {
  let node: Sized | undefined = root === 'device' ? device : undefined;
  for (const name of names) node = node && step(node, name);
  return node && { min: 0, max: node.size };
}

const environment: Environment = {
  variables: new Map([['device', deviceType]]),
  hasStruct: (name) => name === deviceType.name,
  fieldType: (name, field) =>
    name === deviceType.name && Object.hasOwn(fields, field) ? fields[field] : undefined,
  sizeOfPath,
  canMake: (name) => name === deviceType.name,
  makeStruct: (name) => new EvaluationError(`unknown type '${name}'`),
};

/** A type as Go prints it: without the short names that errors of the language have for some. */
function typeText({ name, params }: Type): string {
  return params.length === 0 ? name : `${name}(${params.map(typeText).join(', ')})`;
}

/** What is wrong with a selector's expression: `costly` where it could take too long. Undefined when nothing is. */
export function selectorFault(
  source: string,
): { readonly costly: true } | { readonly costly: false; readonly text: string } | undefined {
  const wrong = (text: string) => ({ costly: false, text }) as const;
  const compiled = compile(source, environment);
  if (compiled.issues !== undefined) return wrong(`compilation failed: ${compiled.issues}`);
  const output = compiled.program === undefined ? compiled.outputType : compiled.program.outputType;
  if (output.kind !== 'bool' && output.text !== anyType.text)
    return wrong(`must evaluate to bool or the unknown type, not ${typeText(output)}`);
  if (compiled.program === undefined) return wrong(`program instantiation failed: ${compiled.fault}`);
  return compiled.program.estimateCost().max > highestCost ? { costly: true } : undefined;
}
