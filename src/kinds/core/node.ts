// Node: what tables cannot say.
// Upstream: ValidateNode and ValidateNodeUpdate in k8s.io/kubernetes/pkg/apis/core/validation/validation.go.
import type { Node, NodeStatus, Taint } from '#types/core_v1';
import { printValue } from '../../api/field-error.ts';
import { goQuote } from '../../api/go-text.ts';
import { memberAsSent } from '../../api/schema/sent-empty.ts';
import { defineKind } from '../define-kind.ts';
import { internalJson } from '../internal-json.ts';
import { validateTaintEffect } from '../pod-spec/scheduling.ts';
import { ageOf, nameOf } from '../table/ages.ts';
import { ageColumn, column, doc, nameColumn, wideColumn } from '../table/columns.ts';
import { cidrWarnings, parseCidrSloppy, validateLegacyCidr } from '../validation/addresses.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';
import { labelValue, longerThan, subdomainName } from '../validation/names.ts';
import { roundResources, validateResourceQuantity } from '../validation/resource-names.ts';
import { takeBack } from '../validation/status-strategy.ts';

function validateTaints(errors: FieldErrors, taints: readonly Taint[] | undefined): void {
  const seen = new Set<string>();
  taints?.forEach((taint, i) => {
    // Upstream says metadata here.
    const at = `metadata.taints[${i}]`;
    const { key, value = '', effect } = taint;
    validateLabelKey(errors, key, `${at}.key`);
    const messages = labelValue(value);
    if (messages.length > 0) errors.invalid(`${at}.value`, value, messages.join(';'));
    if (!effect) errors.required(`${at}.effect`);
    else validateTaintEffect(errors, effect, `${at}.effect`);
    if (seen.has(`${effect}/${key}`)) {
      const body = `Duplicate value: ${printValue(internalJson(taint, 'Taint'))}: taints must be unique by key and effect pair`;
      errors.add([{ type: 'FieldValueDuplicate', field: at, body }]);
    }
    seen.add(`${effect}/${key}`);
  });
}

function validateResources(errors: FieldErrors, node: Node): void {
  for (const list of ['capacity', 'allocatable'] as const) {
    const resources = node.status?.[list];
    // a path prints a step without a name as an index
    for (const name in resources)
      validateResourceQuantity(errors, name, resources[name]!, `status.${list}${name ? `.${name}` : '[]'}`);
  }
}

const feature = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z][a-zA-Z0-9]*)*$/;

function featureFault(name: string): string | undefined {
  const invalid = `invalid feature name ${goQuote(name)}`;
  if (longerThan(name, 253)) return `${invalid}: must be no more than 253 characters`;
  if (feature.test(name)) return undefined;
  return `${invalid}: must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes`;
}

function validateFeatures(errors: FieldErrors, node: Node): void {
  const path = 'status.declaredFeatures';
  node.status?.declaredFeatures?.forEach((name, i, names) => {
    const fault = featureFault(name);
    if (fault) errors.invalid(`${path}[${i}]`, name, fault);
    const next = names[i + 1];
    if (next === undefined) return;
    if (next === name) errors.duplicate(`${path}[${i + 1}]`, next);
    else if (name > next) errors.invalid(`${path}[${i + 1}]`, next, 'list must be sorted alphabetically');
  });
}

function validateCidrs(errors: FieldErrors, cidrs: readonly string[]): void {
  cidrs.forEach((cidr, i) => {
    validateLegacyCidr(errors, `spec.podCIDRs[${i}]`, cidr);
  });
  if (cidrs.length < 2) return;
  const families = cidrs.map((cidr) => parseCidrSloppy(cidr)?.address.family);
  const bad = families.indexOf(undefined);
  if (bad >= 0) {
    errors.internal(
      'spec.podCIDRs',
      `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR[${bad}]: <nil> (invalid CIDR address: ${cidrs[bad]})`,
    );
  }
  const dual = bad < 0 && families.includes(4) && families.includes(6);
  if (!dual || cidrs.length > 2)
    errors.invalid('spec.podCIDRs', cidrs, 'may specify no more than one CIDR for each IP family');
}

function validateNode(errors: FieldErrors, node: Node): void {
  validateTaints(errors, node.spec.taints);
  validateResources(errors, node);
  const swap = node.status?.nodeInfo?.swap?.capacity;
  if (swap !== undefined && swap <= 0)
    errors.invalid('metadata.nodeSwapStatus.capacity', swap, 'must be greater than zero');
  validateFeatures(errors, node);
  validateCidrs(errors, node.spec.podCIDRs ?? []);
}

/** What no update may change, by the main path and by the status path. */
function validateChange(errors: FieldErrors, node: Node, old: Node): void {
  validateResources(errors, node);
  validateFeatures(errors, node);
  const addresses = new Set<string>();
  node.status?.addresses?.forEach(({ type, address }, i) => {
    const key = JSON.stringify([type, address]);
    if (addresses.has(key)) errors.duplicate(`status.addresses[${i}]`, { Type: type, Address: address });
    addresses.add(key);
  });
  const before = old.spec.podCIDRs ?? [];
  const now = node.spec.podCIDRs ?? [];
  const detail = 'node updates may not change podCIDR except from "" to valid';
  if (before.length > 0 && before.length !== now.length) errors.forbidden('spec.podCIDRs', detail);
  else
    before.forEach((cidr, i) => {
      if (cidr !== now[i]) errors.forbidden('spec.podCIDRs', detail);
    });
  if (old.spec.providerID && old.spec.providerID !== (node.spec.providerID ?? '')) {
    errors.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid');
  }
  validateTaints(errors, node.spec.taints);
  if ((node.spec.externalID ?? '') !== (old.spec.externalID ?? ''))
    errors.forbidden('spec.externalID', 'may not be updated');
}

function warnings({ spec }: Node): string[] {
  const list: string[] = [];
  if (spec.configSource) list.push('spec.configSource: the feature is removed');
  if (spec.externalID) list.push('spec.externalID: this field is deprecated, and is unused by Kubernetes');
  spec.podCIDRs?.forEach((cidr, i) => {
    list.push(...cidrWarnings(`spec.podCIDRs[${i}]`, cidr));
  });
  return list;
}

/** podCIDR and podCIDRs say the same; what the one has counts where they differ. */
function fillCidrs({ spec }: Node): void {
  const { podCIDR, podCIDRs = [] } = spec;
  if (podCIDR && podCIDRs.length > 0 && podCIDR !== podCIDRs[0]) spec.podCIDRs = [podCIDR];
  else if (podCIDR && podCIDRs.length === 0) spec.podCIDRs = [podCIDR];
  if (spec.podCIDRs?.length) spec.podCIDR = spec.podCIDRs[0];
}

function statusCell(node: Node): string {
  const ready = node.status?.conditions?.findLast(({ type }) => type === 'Ready');
  const status = ready ? [ready.status === 'True' ? 'Ready' : 'NotReady'] : ['Unknown'];
  if (node.spec.unschedulable) status.push('SchedulingDisabled');
  return status.join(',');
}

const rolePrefix = 'node-role.kubernetes.io/';

function rolesCell({ metadata }: Node): string {
  const roles = Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => {
    if (key.startsWith(rolePrefix)) return key.slice(rolePrefix.length);
    return key === 'kubernetes.io/role' ? value : '';
  });
  return [...new Set(roles.filter((role) => role !== ''))].sort().join(',') || '<none>';
}

function addressCell(node: Node, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

function fillAllocatable(status: NodeStatus): void {
  if (status.capacity && !status.allocatable) status.allocatable = { ...status.capacity };
}

export const node = defineKind<Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  metadataChecks: ['change', 'whole'],
  nameRule: subdomainName,
  setDefaults(node) {
    const { status } = node;
    if (status && !memberAsSent(status, 'allocatable')) fillAllocatable(status);
    roundResources(status?.capacity);
    roundResources(status?.allocatable);
    fillCidrs(node);
  },

  // an empty one is stored as none, and what is read has it filled in
  canonicalize({ status }) {
    if (status) fillAllocatable(status);
  },

  prepareForCreate({ spec, status }) {
    delete spec.configSource;
    if (status) delete status.config;
  },
  validateCreate(node) {
    const errors = new FieldErrors();
    validateNode(errors, node);
    return errors.list;
  },
  warningsOnCreate: warnings,

  prepareForUpdate(node, old) {
    takeBack(node, old, 'status');
    if (!old.spec.configSource) delete node.spec.configSource;
  },
  validateUpdate(node, old) {
    const errors = new FieldErrors();
    validateNode(errors, node);
    validateChange(errors, node, old);
    return errors.list;
  },
  warningsOnUpdate: warnings,

  subresources: {
    status: {
      prepareForUpdate(node, old) {
        node.spec = old.spec;
        if (node.status && !old.status?.config) delete node.status.config;
      },
      validateUpdate(node, old) {
        const errors = new FieldErrors();
        validateChange(errors, node, old);
        return errors.list;
      },
    },
  },

  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable === true) },
  table: {
    columns: [
      nameColumn,
      column('Status', 'string', 'The status of the node'),
      column('Roles', 'string', 'The roles of the node'),
      ageColumn,
      column('Version', 'string', doc('core/v1.NodeSystemInfo.kubeletVersion')),
      wideColumn('Internal-IP', 'string', doc('core/v1.NodeStatus.addresses')),
      wideColumn('External-IP', 'string', doc('core/v1.NodeStatus.addresses')),
      wideColumn('OS-Image', 'string', doc('core/v1.NodeSystemInfo.osImage')),
      wideColumn('Kernel-Version', 'string', doc('core/v1.NodeSystemInfo.kernelVersion')),
      wideColumn('Container-Runtime', 'string', doc('core/v1.NodeSystemInfo.containerRuntimeVersion')),
    ],
    row(node, context) {
      const info = node.status?.nodeInfo;
      const architecture = info?.architecture ? ` (${info.architecture})` : '';
      return {
        cells: [
          nameOf(node),
          statusCell(node),
          rolesCell(node),
          ageOf(node, context),
          info?.kubeletVersion ?? '',
          addressCell(node, 'InternalIP'),
          addressCell(node, 'ExternalIP'),
          info?.osImage || '<unknown>',
          `${info?.kernelVersion || '<unknown>'}${architecture}`,
          info?.containerRuntimeVersion || '<unknown>',
        ],
      };
    },
  },
});
