// The refusal of an apply that would take fields from others.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/conflict.go and structured-merge-diff/v6/merge/conflict.go.
import { goQuote } from '../../go-text.ts';
import { ApiError, failure, type StatusCause } from '../../status.ts';
import { type FieldSet, has, insertPath, newSet, type Path, pathsOf } from '../paths/field-set.ts';
import { compareText, displayPath } from '../paths/path-element.ts';
import { managerInfo } from './managers.ts';

/** One field that somebody else owns. */
export interface Conflict {
  /** A manager identifier. */
  readonly manager: string;
  readonly path: Path;
}

/** Fields that others own and an apply without force would change. */
export class Conflicts extends Error {
  readonly conflicts: readonly Conflict[];

  constructor(conflicts: readonly Conflict[]) {
    super(messageOf(conflicts));
    this.name = 'Conflicts';
    this.conflicts = conflicts;
  }
}

/** The conflicts in what each manager would lose, managers in a fixed order (upstream's is random). */
export function conflictsOf(sets: ReadonlyMap<string, FieldSet>): Conflict[] {
  const managers = [...sets.keys()].sort(compareText);
  return managers.flatMap((manager) => pathsOf(sets.get(manager)!).map((path) => ({ manager, path })));
}

function managerText(identifier: string): string {
  const { manager = '', operation, apiVersion = '', subresource } = managerInfo(identifier);
  const name = subresource
    ? `${goQuote(manager)} with subresource ${goQuote(subresource)}`
    : goQuote(manager);
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined)
    return `Apply failed with 1 conflict: conflict with ${managerText(first.manager)}: ${displayPath(first.path)}`;
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort(compareText);
  const lines = managers.flatMap((manager) => [
    `conflicts with ${managerText(manager)}:`,
    ...conflicts
      .filter((conflict) => conflict.manager === manager)
      .map(({ path }) => `- ${displayPath(path)}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

/** 409 with a cause for each field. */
export function applyConflict({ conflicts, message }: Conflicts): ApiError {
  const causes = conflicts.map(
    ({ manager, path }): StatusCause => ({
      reason: 'FieldManagerConflict',
      message: `conflict with ${managerText(manager)}`,
      field: displayPath(path),
    }),
  );
  return new ApiError(failure(409, 'Conflict', message, { causes }));
}

/** The fields in conflict, whoever owns them. */
export function conflictSet(conflicts: readonly Conflict[]): FieldSet {
  const set = newSet();
  for (const { path } of conflicts) insertPath(set, path);
  return set as FieldSet;
}

/** The conflicts on fields that are not in a set. */
export function conflictsOutside(conflicts: readonly Conflict[], set: FieldSet): Conflict[] {
  return conflicts.filter(({ path }) => !has(set, path));
}
