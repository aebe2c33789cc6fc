// Which names a CustomResourceDefinition gets within its group, where several may want the same.
// Upstream: k8s.io/apiextensions-apiserver/pkg/controller/status/naming_controller.go and
// pkg/controller/establish/establishing_controller.go.
import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '#types/apiextensions.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import { caBundleFault } from '../../kinds/validation/ca-bundle.ts';
import { findCondition } from './definition-conditions.ts';

type Condition = Omit<CustomResourceDefinitionCondition, 'lastTransitionTime'>;

/** What other definitions of the group hold already. */
interface TakenNames {
  readonly resources: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

function takenNames(others: readonly CustomResourceDefinition[]): TakenNames {
  const names = others.map(({ status }) => status.acceptedNames);
  return {
    resources: new Set(
      names.flatMap(({ plural, singular, shortNames }) => [plural, singular ?? '', ...(shortNames ?? [])]),
    ),
    kinds: new Set(names.flatMap(({ kind, listKind }) => [kind, listKind ?? ''])),
  };
}

/** What the names controller makes of a definition. */
export interface AcceptedNames {
  readonly names: CustomResourceDefinitionNames;
  readonly namesAccepted: Condition;
  readonly established: Condition;
}

/** The names that `definition` gets beside the `group`: all definitions of its group, itself included. */
export function acceptNames(
  definition: CustomResourceDefinition,
  group: readonly CustomResourceDefinition[],
): AcceptedNames {
  const { resources, kinds } = takenNames(group);
  const asked = definition.spec.names;
  const before = definition.status.acceptedNames;
  const names: CustomResourceDefinitionNames = { ...before };
  let conflict: { reason: string; message: string } | undefined;
  const inUse = (
    name: string | undefined,
    own: string | undefined,
    taken: ReadonlySet<string>,
  ): string | undefined =>
    (name ?? '') === (own ?? '') || !taken.has(name ?? '')
      ? undefined
      : `${goQuote(name ?? '')} is already in use`;
  const take = (
    field: 'plural' | 'singular' | 'kind' | 'listKind',
    taken: ReadonlySet<string>,
    reason: string,
  ): void => {
    const message = inUse(asked[field], before[field], taken);
    if (message !== undefined) conflict = { reason, message };
    else if (asked[field] === undefined) delete names[field as 'singular'];
    else names[field] = asked[field]!;
  };
  take('plural', resources, 'PluralConflict');
  take('singular', resources, 'SingularConflict');
  const owned = new Set(before.shortNames);
  const problems = (asked.shortNames ?? []).flatMap((name) =>
    owned.has(name) ? [] : (inUse(name, '', resources) ?? []),
  );
  const distinct = [...new Set(problems)];
  if (distinct.length > 0)
    conflict = {
      reason: 'ShortNamesConflict',
      message: distinct.length === 1 ? distinct[0]! : `[${distinct.join(', ')}]`,
    };
  else if (asked.shortNames) names.shortNames = asked.shortNames;
  else delete names.shortNames;
  take('kind', kinds, 'KindConflict');
  take('listKind', kinds, 'ListKindConflict');
  if (asked.categories) names.categories = asked.categories;
  else delete names.categories;
  const namesAccepted: Condition = conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  return { names, namesAccepted, established: establishedCondition(definition, conflict === undefined) };
}

function establishedCondition(definition: CustomResourceDefinition, accepted: boolean): Condition {
  const known = findCondition(definition, 'Established');
  if (known?.status === 'True') return known;
  const bundle = definition.spec.conversion?.webhook?.clientConfig?.caBundle;
  if (accepted && caBundleFault(bundle) !== undefined)
    return {
      type: 'Established',
      status: 'False',
      reason: 'InvalidCABundle',
      message: 'The conversion webhook CABundle is invalid',
    };
  // Upstream goes through the reason Installing, a moment before.
  if (accepted)
    return {
      type: 'Established',
      status: 'True',
      reason: 'InitialNamesAccepted',
      message: 'the initial names have been accepted',
    };
  return (
    known ?? {
      type: 'Established',
      status: 'False',
      reason: 'NotAccepted',
      message: 'not all names are accepted',
    }
  );
}
