// ResourceSlice: what tables cannot say. Which driver, pool and node it is of never changes.
// Upstream: k8s.io/kubernetes/pkg/registry/resource/resourceslice/strategy.go.
import type { ResourceSlice, ResourceSliceSpec } from '#types/resource.k8s.io_v1';
import { goQuote } from '../../api/go-text.ts';
import { dropMember } from '../../api/schema/sent-empty.ts';
import { formatTime } from '../../api/time.ts';
import { defineKind } from '../define-kind.ts';
import { internalValue } from '../internal-json.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn } from '../table/columns.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { dnsLabel, dnsSubdomain, subdomainName } from '../validation/names.ts';
import { validateNodeSelector } from '../validation/node-selector.ts';
import { validateImmutable } from '../validation/numbers.ts';
import { firstGeneration, raiseGeneration } from '../validation/status-strategy.ts';
import { validateDriverName } from '../volumes/source-rules.ts';
import { validateCounters, validateDevice } from './device-rules.ts';
import { validatePoolName, validateSet } from './list-rules.ts';
import { sliceV1beta1 } from './v1beta1.ts';

const mostDevices = 128;
const mostAdvancedDevices = 64;
const mostCounterSets = 8;

function validatePool(errors: FieldErrors, { pool }: ResourceSliceSpec): void {
  validatePoolName(errors, pool.name, 'spec.pool.name');
  if (pool.resourceSliceCount <= 0)
    errors.invalid('spec.pool.resourceSliceCount', pool.resourceSliceCount, 'must be greater than zero');
  if (pool.generation < 0)
    errors.invalid('spec.pool.generation', pool.generation, 'must be greater than or equal to zero');
}

function validateNode(errors: FieldErrors, spec: ResourceSliceSpec): void {
  const { nodeName, nodeSelector } = spec;
  const set: string[] = [];
  if (nodeName) {
    set.push('`nodeName`');
    errors.invalids('spec.nodeName', nodeName, dnsSubdomain(nodeName));
  } else if (nodeName === '')
    errors.invalid('spec.nodeName', nodeName, 'must be either unset or set to a non-empty string');
  if (nodeSelector) {
    set.push('`nodeSelector`');
    const terms = nodeSelector.nodeSelectorTerms ?? [];
    validateNodeSelector(errors, nodeSelector, false, 'spec.nodeSelector');
    if (terms.length !== 1)
      errors.invalid(
        'spec.nodeSelector.nodeSelectorTerms',
        nodeSelector.nodeSelectorTerms ? internalValue(terms, '[]NodeSelectorTerm') : null,
        'must have exactly one node selector term',
      );
  }
  for (const field of ['allNodes', 'perDeviceNodeSelection'] as const) {
    if (spec[field]) set.push(`\`${field}\``);
    else if (spec[field] === false)
      errors.invalid(`spec.${field}`, false, 'must be either unset or set to true');
  }
  const text = 'exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required';
  if (set.length === 0) errors.required('spec', text);
  else if (set.length > 1)
    errors.invalid('spec', `{${set.join(', ')}}`, `${text}, but multiple fields are set`);
}

/** Taints, counters and lists of attributes make a device costly, so that fewer fit in a slice. */
function isAdvanced({ devices }: ResourceSliceSpec): boolean {
  return (devices ?? []).some(
    ({ taints, consumesCounters, attributes = {} }) =>
      taints?.length ||
      consumesCounters?.length ||
      Object.values(attributes).some(
        ({ bools, ints, strings, versions }) => bools || ints || strings || versions,
      ),
  );
}

function validate({ spec }: ResourceSlice, old?: ResourceSlice) {
  const errors = new FieldErrors();
  validateDriverName(errors, spec.driver, 'spec.driver');
  validatePool(errors, spec);
  if (old) {
    validateImmutable(errors, spec.pool.name, old.spec.pool.name, 'spec.pool.name');
    validateImmutable(errors, spec.driver, old.spec.driver, 'spec.driver');
    validateImmutable(errors, spec.nodeName, old.spec.nodeName, 'spec.nodeName');
  }
  validateNode(errors, spec);
  if (spec.sharedCounters && spec.devices)
    errors.invalid('spec', '', 'only one of `sharedCounters` or `devices` is allowed');
  validateSet(
    errors,
    spec.devices,
    isAdvanced(spec) ? mostAdvancedDevices : mostDevices,
    'spec.devices',
    (device, at) => {
      const before = old?.spec.devices?.find(({ name }) => name === device.name);
      validateDevice(errors, device, before, at, spec.perDeviceNodeSelection === true);
    },
    ({ name }) => name,
  );
  validateSet(
    errors,
    spec.sharedCounters,
    mostCounterSets,
    'spec.sharedCounters',
    ({ name, counters }, at) => {
      if (!name) errors.required(`${at}.name`);
      else errors.invalids(`${at}.name`, name, dnsLabel(name));
      validateCounters(errors, counters, `${at}.counters`);
    },
    ({ name }) => name,
  );
  return errors.list;
}

function warnings({ spec }: ResourceSlice): string[] {
  if (spec.driver === spec.driver.toLowerCase()) return [];
  return [
    `spec.driver: driver names should be lowercase; ${goQuote(spec.driver)} contains uppercase characters`,
  ];
}

const attributeLists = ['bools', 'ints', 'strings', 'versions'] as const;

function hasLists(slice: ResourceSlice | undefined): boolean {
  return (slice?.spec.devices ?? []).some(({ attributes = {} }) =>
    Object.values(attributes).some((attribute) => attributeLists.some((field) => attribute[field])),
  );
}

// Lists as attributes and mappings to resources of nodes are off in 1.36; who has them keeps them.
function dropDisabled(slice: ResourceSlice, old?: ResourceSlice): void {
  const keepsLists = hasLists(old);
  const keepsMappings = old?.spec.devices?.some((device) => device.nodeAllocatableResourceMappings);
  for (const device of slice.spec.devices ?? []) {
    if (!keepsMappings) delete device.nodeAllocatableResourceMappings;
    if (keepsLists) continue;
    for (const attribute of Object.values(device.attributes ?? {}))
      for (const field of attributeLists) dropMember(attribute, field);
  }
}

function stampTaints({ spec }: ResourceSlice, now: number | undefined): void {
  if (now === undefined) return;
  for (const { taints } of spec.devices ?? [])
    for (const taint of taints ?? []) taint.timeAdded ??= formatTime(now);
}

export const resourceSlice = defineKind<ResourceSlice>({
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  nameRule: subdomainName,
  returnsDeletedObject: true,
  setDefaults(slice, now) {
    stampTaints(slice, now);
    for (const { nodeAllocatableResourceMappings: mappings } of slice.spec.devices ?? [])
      for (const name in mappings) mappings[name]!.allocationMultiplier ??= '1';
  },
  prepareForCreate(slice, { now }) {
    stampTaints(slice, now);
    dropDisabled(slice);
    firstGeneration(slice);
  },
  validateCreate: (slice) => validate(slice),
  warningsOnCreate: warnings,
  prepareForUpdate(slice, old, { now }) {
    stampTaints(slice, now);
    raiseGeneration(slice, old);
    dropDisabled(slice, old);
  },
  validateUpdate: (slice, old) => validate(slice, old),
  warningsOnUpdate: warnings,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
  fieldLabelError: (field) =>
    `field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: ${field}`,
  table: {
    columns: [
      nameColumn,
      column('Node', 'string', doc('resource.k8s.io/v1.ResourceSliceSpec.nodeName')),
      column('Driver', 'string', doc('resource.k8s.io/v1.ResourceSliceSpec.driver')),
      column('Pool', 'string', doc('resource.k8s.io/v1.ResourcePool.name')),
      ageColumn,
    ],
    row: (slice, context) => ({
      cells: [
        nameOf(slice),
        slice.spec.nodeName ?? '',
        slice.spec.driver,
        slice.spec.pool.name,
        ageOf(slice, context),
      ],
    }),
  },

  conversions: { v1beta1: sliceV1beta1 },
});
