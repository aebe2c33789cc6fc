// Which nodes a pod asks for: nodeSelector and node affinity, compiled once per pod.
// Upstream: k8s.io/component-helpers/scheduling/corev1/nodeaffinity/nodeaffinity.go.
import type {
  Node,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  Pod,
  PreferredSchedulingTerm,
} from '#types/core_v1';
import {
  type LabelOperator,
  LabelSelector,
  newRequirement,
  selectorOfLabels,
} from '../../api/label-selector.ts';

/** One term; all of it must hold. */
interface CompiledTerm {
  readonly labels: LabelSelector | undefined;
  readonly fields: readonly FieldTest[];
}

interface FieldTest {
  readonly value: string;
  readonly equal: boolean;
}

/** What a pod requires of a node. */
export interface RequiredNodeAffinity {
  readonly labels: LabelSelector | undefined;
  /** One of them must hold; undefined: nothing is required. Terms that are not valid are left out: they match nothing. */
  readonly terms: readonly CompiledTerm[] | undefined;
}

/** A preference and how much it counts. */
export interface PreferredNodes {
  readonly term: CompiledTerm;
  readonly weight: number;
}

const operators: Record<string, LabelOperator> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
  Gt: 'gt',
  Lt: 'lt',
};

/** Throws SelectorError or Error when the expressions are not valid. */
function compileLabels(expressions: readonly NodeSelectorRequirement[]): LabelSelector {
  return new LabelSelector(
    expressions.map(({ key, operator, values }) => {
      const known = Object.hasOwn(operators, operator) ? operators[operator]! : undefined;
      if (!known) throw new Error(`${JSON.stringify(operator)} is not a valid node selector operator`);
      return newRequirement(key, known, values ?? []);
    }),
  );
}

function compileFields(expressions: readonly NodeSelectorRequirement[]): FieldTest[] {
  return expressions.map(({ key, operator, values }) => {
    if (key !== 'metadata.name' || values?.length !== 1 || !['In', 'NotIn'].includes(operator))
      throw new Error(`${key} ${operator} is not a valid field requirement`);
    return { value: values[0]!, equal: operator === 'In' };
  });
}

function isEmptyTerm(term: NodeSelectorTerm): boolean {
  return !term.matchExpressions?.length && !term.matchFields?.length;
}

function compileTerm(term: NodeSelectorTerm): CompiledTerm {
  return {
    labels: term.matchExpressions?.length ? compileLabels(term.matchExpressions) : undefined,
    fields: compileFields(term.matchFields ?? []),
  };
}

function matchesTerm(term: CompiledTerm, node: Node): boolean {
  if (term.labels && !term.labels.matches(node.metadata.labels)) return false;
  return term.fields.every(({ value, equal }) => (node.metadata.name === value) === equal);
}

/** The terms of a selector that are valid and not empty. */
export function compileNodeSelector(selector: NodeSelector): CompiledTerm[] {
  const terms: CompiledTerm[] = [];
  for (const term of selector.nodeSelectorTerms ?? []) {
    if (isEmptyTerm(term)) continue;
    try {
      terms.push(compileTerm(term));
    } catch {
      // a term that can't be read matches no node
    }
  }
  return terms;
}

/** Whether any of the terms holds for the node. */
export function matchesAnyTerm(terms: readonly CompiledTerm[], node: Node): boolean {
  return terms.some((term) => matchesTerm(term, node));
}

/** What the pod requires; undefined when any node will do. */
export function requiredNodeAffinity(pod: Pod): RequiredNodeAffinity | undefined {
  const { nodeSelector } = pod.spec;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const hasLabels = nodeSelector && Object.keys(nodeSelector).length > 0;
  if (!hasLabels && !required) return undefined;
  return {
    labels: hasLabels ? selectorOfLabels(nodeSelector) : undefined,
    terms: required ? compileNodeSelector(required) : undefined,
  };
}

/** Whether the node is one that the pod asks for. */
export function matchesNode(affinity: RequiredNodeAffinity | undefined, node: Node): boolean {
  if (!affinity) return true;
  if (affinity.labels && !affinity.labels.matches(node.metadata.labels)) return false;
  return affinity.terms === undefined || matchesAnyTerm(affinity.terms, node);
}

/** The preferences that count. Throws when one is not valid. */
export function compilePreferences(
  preferences: readonly PreferredSchedulingTerm[] | undefined,
): PreferredNodes[] {
  return (preferences ?? [])
    .filter(({ weight, preference }) => weight !== 0 && !isEmptyTerm(preference))
    .map(({ weight, preference }) => ({ weight, term: compileTerm(preference) }));
}

/** The sum of the weights of the preferences that hold. */
export function preferenceOf(preferences: readonly PreferredNodes[], node: Node): number {
  let sum = 0;
  for (const { term, weight } of preferences) if (matchesTerm(term, node)) sum += weight;
  return sum;
}
