// Objects that are only counted: all resources without an evaluator of their own.
// Upstream: NewObjectCountEvaluator in k8s.io/apiserver/pkg/quota/v1/generic/evaluator.go.
import { countName, type Evaluator } from './evaluator.ts';

// Older names, from before any resource could be counted.
const aliases = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets']);

/** Counts the objects of a resource. */
export function countEvaluator(group: string, resource: string): Evaluator {
  const names = [countName(group, resource)];
  if (group === '' && aliases.has(resource)) names.push(resource);
  const usage = Object.fromEntries(names.map((name) => [name, '1']));
  return {
    handles: ({ operation, subresource }) => operation === 'CREATE' && subresource === '',
    matchingResources: (asked) => asked.filter((name) => names.includes(name)),
    usage: () => usage,
  };
}
