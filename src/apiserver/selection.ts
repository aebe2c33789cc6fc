// Label and field selectors of a request, bound to a resource.
// Upstream: k8s.io/apiserver/pkg/storage/selection_predicate.go, pkg/apis/<group>/v1/conversion.go for field labels.
import { FieldSelector, parseFieldSelector } from '../api/field-selector.ts';
import { goQuote } from '../api/go-text.ts';
import { type LabelSelector, SelectorError } from '../api/label-selector.ts';
import { parseLabelSelector } from '../api/label-selector-text.ts';
import { badRequest } from '../api/status.ts';
import type { Attributes } from '../storage/watch-cache.ts';
import { type LateFilter, lateFilter } from './late-selection.ts';
import type { ListOptions } from './request-options.ts';
import { keyOf, prefixOf, type ServedResource } from './resources.ts';

/** What a list or watch selects. */
export interface Selection {
  /** Key prefix of the candidates. */
  readonly prefix: string;
  /** The only key that can match, where the request pins one down. */
  readonly key: string | undefined;
  /** The same text for the same filter; '' without one. */
  readonly filterKey: string;
  readonly filter: ((attributes: Attributes) => boolean) | undefined;
  /** A field that must have one value, for indexed watches. */
  readonly indexed: { field: string; value: string } | undefined;
  /** What `filter` cannot say, because it takes objects that a webhook has converted. */
  readonly late: LateFilter | undefined;
}

const metadataFields = ['metadata.name', 'metadata.namespace'];

/** The selector in the kind's own names for fields, where the version has others. */
function inOwnNames(resource: ServedResource, selector: FieldSelector): FieldSelector {
  const labels = resource.definition.conversion?.fieldLabels;
  if (!labels) return selector;
  return new FieldSelector(
    selector.requirements.map((requirement) => {
      const { field } = requirement;
      if (metadataFields.includes(field)) return requirement;
      const own = labels[field];
      if (own === undefined) throw badRequest(`field label not supported: ${field}`);
      return { ...requirement, field: own };
    }),
  );
}

function checkFields(resource: ServedResource, selector: FieldSelector): void {
  const { kind } = resource;
  for (const { field } of selector.requirements) {
    const selectable = resource.custom?.selectableFields.has(field) ?? kind.selectableFields?.[field];
    if (metadataFields.includes(field) || selectable) continue;
    if (kind.fieldLabelError) throw badRequest(kind.fieldLabelError(field));
    if (kind.selectableFields) throw badRequest(`field label not supported: ${field}`);
    throw badRequest(
      `${goQuote(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  }
}

function parse<T>(text: string, parser: (text: string) => T): T | undefined {
  if (text === '') return undefined;
  try {
    return parser(text);
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function filterOf(labels: LabelSelector | undefined, fields: FieldSelector | undefined): Selection['filter'] {
  const byLabels = labels && !labels.isEmpty() ? labels : undefined;
  const byFields = fields && !fields.isEmpty() ? fields : undefined;
  if (!byLabels && !byFields) return undefined;
  return (attributes) =>
    (byLabels === undefined || byLabels.matches(attributes.labels)) &&
    (byFields === undefined || byFields.matches((name) => attributes.fields[name] ?? ''));
}

function indexedField(fields: FieldSelector | undefined): Selection['indexed'] {
  const found = fields?.requirements.find((r) => r.operator === '=' && !metadataFields.includes(r.field));
  return found && { field: found.field, value: found.value };
}

/** Fields that stored objects can be selected by, and those that take converted ones. */
function splitFields(
  resource: ServedResource,
  fields: FieldSelector | undefined,
): { now: FieldSelector | undefined; later: FieldSelector | undefined } {
  if (!fields || !resource.custom?.codec?.prepareRead) return { now: fields, later: undefined };
  const isOwn = ({ field }: { field: string }): boolean => !metadataFields.includes(field);
  const own = fields.requirements.filter(isOwn);
  if (own.length === 0) return { now: fields, later: undefined };
  const others = fields.requirements.filter((requirement) => !isOwn(requirement));
  return { now: new FieldSelector(others), later: new FieldSelector(own) };
}

/** The selection of a request. `name`: the request's own path names one object. Throws 400. */
export function selectionOf(
  resource: ServedResource,
  namespace: string,
  name: string,
  options: ListOptions,
): Selection {
  const labels = parse(options.labelSelector, parseLabelSelector);
  const written = parse(options.fieldSelector, parseFieldSelector);
  const asked = written && inOwnNames(resource, written);
  if (asked) checkFields(resource, asked);
  const { now: fields, later } = splitFields(resource, asked);
  const filter = filterOf(labels, fields);
  const scope = namespace !== '' ? namespace : (fields?.exactMatch('metadata.namespace') ?? '');
  const pinned = name || fields?.exactMatch('metadata.name') || '';
  const isWhole = !resource.definition.namespaced || scope !== '';
  return {
    prefix: prefixOf(resource, scope),
    key: pinned !== '' && isWhole ? keyOf(resource, scope, pinned) : undefined,
    filterKey: filter ? `${labels?.toString() ?? ''}&${fields?.toString() ?? ''}` : '',
    filter,
    indexed: indexedField(fields),
    late: later && lateFilter(resource, later),
  };
}
