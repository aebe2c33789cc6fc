// Event of the core group, which stores those of events.k8s.io too: they have stricter rules and other field names.
// Upstream: k8s.io/kubernetes/pkg/apis/core/validation/events.go and pkg/apis/events/v1/conversion.go.
import type { Event } from '#types/core_v1';
import type { FieldError } from '../../api/field-error.ts';
import type { KubeObject } from '../../api/object.ts';
import { defineKind, type HookContext } from '../define-kind.ts';
import { internalValue } from '../internal-json.ts';
import { nameOf, since } from '../table/ages.ts';
import { column, doc, wideColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsSubdomain, longerThan, qualifiedName, subdomainName } from '../validation/names.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../validation/object-meta.ts';

function isNew(context: HookContext): boolean {
  return context.apiVersion === 'events.k8s.io/v1';
}

function validateLegacy(errors: FieldErrors, event: Event, context: HookContext): void {
  const {
    metadata,
    involvedObject,
    eventTime,
    reportingInstance,
    action = '',
    reason = '',
    message = '',
  } = event;
  const namespace = metadata.namespace ?? '';
  const involved = involvedObject.namespace ?? '';
  const mismatch = (): void =>
    errors.invalid('involvedObject.namespace', involved, 'does not match event.namespace');
  if (!eventTime) {
    const good = involved === '' ? namespace === '' || namespace === 'default' : namespace === involved;
    if (!good) mismatch();
  } else {
    if (involved === '' && namespace !== 'default' && namespace !== 'kube-system') mismatch();
    const controllerPath = isNew(context) ? 'reportingController' : 'reportingComponent';
    const controller = event.reportingComponent;
    if (controller === '') errors.required(controllerPath);
    errors.invalids(controllerPath, controller, qualifiedName(controller));
    const limited = (field: string, value: string, max: number, needed = true): void => {
      if (needed && value === '') errors.required(field);
      if (longerThan(value, max)) errors.invalid(field, '', `can have at most ${max} characters`);
    };
    limited('reportingInstance', reportingInstance, 128);
    limited('action', action, 128);
    limited('reason', reason, 128);
    limited('message', message, 1024, false);
  }
  errors.invalids('namespace', namespace, dnsSubdomain(namespace));
}

function validateSeries(errors: FieldErrors, { series }: Event): void {
  if (!series) return;
  if ((series.count ?? 0) < 2) errors.invalid('series.count', '', 'should be at least 2');
  if (!series.lastObservedTime) errors.required('series.lastObservedTime');
}

function validateCreate(event: Event, context: HookContext): FieldError[] {
  const errors = new FieldErrors();
  validateLegacy(errors, event, context);
  if (!isNew(context)) return errors.list;
  errors.add(validateObjectMeta(event.metadata, true, subdomainName, 'metadata'));
  validateSeries(errors, event);
  if (!event.eventTime) errors.required('eventTime');
  const { type = '', source } = event;
  if (type !== 'Normal' && type !== 'Warning') errors.invalid('type', '', `has invalid value: ${type}`);
  const unset = (field: string, isSet: boolean): void => {
    if (isSet) errors.invalid(field, '', 'needs to be unset');
  };
  unset('firstTimestamp', Boolean(event.firstTimestamp));
  unset('lastTimestamp', Boolean(event.lastTimestamp));
  unset('count', Boolean(event.count));
  unset('source', Boolean(source?.component || source?.host));
  return errors.list;
}

// Field, its name in the fault, how its value prints where it is not its JSON.
const immutableFields: readonly (readonly [keyof Event & string, string, string?])[] = [
  ['involvedObject', 'involvedObject', 'ObjectReference'],
  ['reason', 'reason', 'string'],
  ['message', 'message', 'string'],
  ['source', 'source', 'EventSource'],
  ['firstTimestamp', 'firstTimestamp'],
  ['lastTimestamp', 'lastTimestamp'],
  ['count', 'count', 'number'],
  ['reason', 'reason', 'string'],
  ['type', 'type', 'string'],
  ['eventTime', 'eventTime'],
  ['action', 'action', 'string'],
  ['related', 'related', '*ObjectReference'],
  ['reportingComponent', 'reportingController', 'string'],
  ['reportingInstance', 'reportingInstance', 'string'],
];

function validateUpdate(event: Event, old: Event, context: HookContext): FieldError[] {
  const errors = new FieldErrors();
  validateLegacy(errors, event, context);
  if (!isNew(context)) return errors.list;
  errors.add(validateObjectMetaUpdate(event.metadata, old.metadata, 'metadata'));
  if (JSON.stringify(event.series) !== JSON.stringify(old.series)) validateSeries(errors, event);
  for (const [field, shown, type] of immutableFields)
    validateImmutable(
      errors,
      event[field],
      old[field],
      shown,
      type ? internalValue(event[field], type) : event[field],
    );
  return errors.list;
}

// [events.k8s.io/v1 name, core/v1 name] of fields that are called differently.
const renamed: readonly (readonly [string, string])[] = [
  ['reportingController', 'reportingComponent'],
  ['regarding', 'involvedObject'],
  ['note', 'message'],
  ['deprecatedSource', 'source'],
  ['deprecatedFirstTimestamp', 'firstTimestamp'],
  ['deprecatedLastTimestamp', 'lastTimestamp'],
  ['deprecatedCount', 'count'],
];

// Upstream: AddFieldLabelConversionsForEvent of pkg/apis/core/v1 and of pkg/apis/events/v1.
const fieldLabels: Readonly<Record<string, string>> = {
  reason: 'reason',
  'regarding.kind': 'involvedObject.kind',
  'regarding.namespace': 'involvedObject.namespace',
  'regarding.name': 'involvedObject.name',
  'regarding.uid': 'involvedObject.uid',
  'regarding.apiVersion': 'involvedObject.apiVersion',
  'regarding.resourceVersion': 'involvedObject.resourceVersion',
  'regarding.fieldPath': 'involvedObject.fieldPath',
  reportingController: 'reportingComponent',
  type: 'type',
};

function rename(object: KubeObject, from: 0 | 1, apiVersion: string): KubeObject {
  const names = new Map(renamed.map((pair) => [pair[from], pair[from === 0 ? 1 : 0]]));
  const fields = Object.entries(object).map(([field, value]) => [names.get(field) ?? field, value]);
  return { ...(Object.fromEntries(fields) as KubeObject), apiVersion };
}

function sourceCell({ source, reportingComponent, reportingInstance }: Event): string {
  const component = source?.component || reportingComponent || '';
  const instance = source?.host || reportingInstance || '';
  return instance === '' ? component : `${component}, ${instance}`;
}

export const event = defineKind<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  metadataChecks: [],
  metadataRules: 'segments',
  // Core events may have any name that fits a path; the other group's are checked in validateCreate.
  validateCreate,
  allowCreateOnUpdate: true,
  validateUpdate,
  conversions: {
    'events.k8s.io/v1': {
      toStorage: (object) => rename(object, 0, 'v1'),
      fromStorage: (object) => rename(object, 1, 'events.k8s.io/v1'),
      fieldLabels,
    },
  },
  selectableFields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent,
    source: ({ source, reportingComponent }) => source?.component || reportingComponent,
    type: ({ type }) => type ?? '',
  },
  table: {
    columns: [
      column('Last Seen', 'string', doc('core/v1.Event.lastTimestamp')),
      column('Type', 'string', doc('core/v1.Event.type')),
      column('Reason', 'string', doc('core/v1.Event.reason')),
      column('Object', 'string', doc('core/v1.Event.involvedObject')),
      wideColumn('Subobject', 'string', doc('core/v1.ObjectReference.fieldPath')),
      wideColumn('Source', 'string', doc('core/v1.Event.source')),
      column('Message', 'string', doc('core/v1.Event.message')),
      wideColumn('First Seen', 'string', doc('core/v1.Event.firstTimestamp')),
      wideColumn('Count', 'string', doc('core/v1.Event.count')),
      wideColumn('Name', 'string', doc('meta/v1.ObjectMeta.name'), 'name'),
    ],
    row(event, { now }) {
      const { involvedObject, series } = event;
      const first = since(event.firstTimestamp || event.eventTime, now);
      const last = event.lastTimestamp ? since(event.lastTimestamp, now) : first;
      const kind = (involvedObject.kind ?? '').toLowerCase();
      return {
        cells: [
          series ? since(series.lastObservedTime, now) : last,
          event.type ?? '',
          event.reason ?? '',
          involvedObject.name ? `${kind}/${involvedObject.name}` : kind,
          involvedObject.fieldPath ?? '',
          sourceCell(event),
          (event.message ?? '').trim(),
          first,
          // A cell of a column of strings, and yet a number: as upstream.
          series ? (series.count ?? 0) : event.count || 1,
          nameOf(event),
        ],
      };
    },
  },
});
