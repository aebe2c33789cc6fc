// Rules of one device of a ResourceSlice.
// Upstream: validateDevice in k8s.io/kubernetes/pkg/apis/resource/validation/validation.go.
import type { Device, DeviceAttribute, DeviceTaint } from '#types/resource.k8s.io_v1';
import { internalJson } from '../internal-json.ts';
import { semanticEqual } from '../semantic-equal.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';
import { dnsLabel, dnsSubdomain, longerThan } from '../validation/names.ts';
import { validateNodeSelector } from '../validation/node-selector.ts';
import { validateBindingConditions } from './binding-conditions.ts';
import { taintEffects } from './claim-rules.ts';
import { validateAttributeName, validateSet, validateSlice, validateValue } from './list-rules.ts';
import { validateRequestPolicy } from './request-policy-rules.ts';

const mostAttributes = 32;
const mostValues = 48;
const mostTaints = 16;
const mostConsumptions = 2;
export const mostCounters = 32;
const longestValue = 64;
const numeric = '(0|[1-9]\\d*)';
const preRelease = '(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)';
const version = new RegExp(
  `^${numeric}\\.${numeric}\\.${numeric}(-${preRelease}(\\.${preRelease})*)?(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?$`,
);
const lists = ['bools', 'ints', 'strings', 'versions'] as const;

function validateVersion(errors: FieldErrors, text: string, path: string): void {
  if (!version.test(text))
    errors.invalid(path, text, 'must be a string compatible with semver.org spec 2.0.0');
}

function validateAttribute(errors: FieldErrors, attribute: DeviceAttribute, path: string): void {
  const { string, version: text } = attribute;
  const check = (value: string, at: string): void => {
    if (longerThan(value, longestValue)) errors.tooLong(at, longestValue);
  };
  if (string !== undefined) check(string, `${path}.string`);
  if (text !== undefined) {
    validateVersion(errors, text, `${path}.version`);
    check(text, `${path}.version`);
  }
  for (const field of lists)
    if (attribute[field]?.length === 0)
      errors.invalid(`${path}.${field}`, [], 'must not be empty if specified');
  attribute.strings?.forEach((value, i) => {
    check(value, `${path}.strings[${i}]`);
  });
  attribute.versions?.forEach((value, i) => {
    validateVersion(errors, value, `${path}.versions[${i}]`);
    check(value, `${path}.versions[${i}]`);
  });
  const set = Object.values(attribute).filter((value) => value !== undefined).length;
  if (set === 0) errors.invalid(path, '', 'exactly one value must be specified');
  else if (set > 1)
    errors.invalid(path, internalJson(attribute, 'DeviceAttribute'), 'exactly one value must be specified');
}

function valuesOf(attribute: DeviceAttribute): number {
  const many = lists.reduce((sum, field) => sum + (attribute[field]?.length ?? 0), 0);
  return many === 0 ? 1 : many;
}

function validateTaint(errors: FieldErrors, taint: DeviceTaint, path: string): void {
  validateLabelKey(errors, taint.key, `${path}.key`);
  if (taint.value) validateValue(errors, taint.value, `${path}.value`);
  if (!taint.effect) errors.required(`${path}.effect`);
  else if (!taintEffects.includes(taint.effect))
    errors.notSupported(`${path}.effect`, taint.effect, taintEffects);
}

function validateNode(errors: FieldErrors, device: Device, path: string, perDevice: boolean): void {
  const { nodeName, nodeSelector, allNodes } = device;
  const where = '`perDeviceNodeSelection` is set to true in the ResourceSlice spec';
  if (!perDevice) {
    if (nodeName !== undefined || nodeSelector || allNodes !== undefined)
      errors.invalid(
        path,
        null,
        `\`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if ${where}`,
      );
    return;
  }
  const set: string[] = [];
  if (nodeName) set.push('`nodeName`');
  if (nodeName) errors.invalids(`${path}.nodeName`, nodeName, dnsSubdomain(nodeName));
  if (nodeName === '') errors.invalid(`${path}.nodeName`, nodeName, 'must not be empty');
  if (nodeSelector) set.push('`nodeSelector`');
  if (nodeSelector) validateNodeSelector(errors, nodeSelector, false, `${path}.nodeSelector`);
  if (allNodes) set.push('`allNodes`');
  if (allNodes === false) errors.invalid(`${path}.allNodes`, allNodes, 'must be either unset or set to true');
  const text = `exactly one of \`nodeName\`, \`nodeSelector\`, or \`allNodes\` is required when ${where}`;
  if (set.length === 0) errors.required(path, text);
  else if (set.length > 1) errors.invalid(path, `{${set.join(', ')}}`, text);
}

/** Counters by name. */
export function validateCounters(
  errors: FieldErrors,
  counters: Readonly<Record<string, unknown>> | undefined,
  path: string,
): void {
  const names = Object.keys(counters ?? {});
  if (names.length === 0) errors.required(path);
  else if (names.length > mostCounters) errors.tooMany(path, names.length, mostCounters);
  else for (const name of names) errors.invalids(path, name, dnsLabel(name));
}

/** Checks a device; `old` is the device of the same name before. */
export function validateDevice(
  errors: FieldErrors,
  device: Device,
  old: Device | undefined,
  path: string,
  perDevice: boolean,
): void {
  const { name, attributes = {}, capacity = {} } = device;
  errors.invalids(`${path}.name`, name, dnsLabel(name));
  const count = Object.keys(attributes).length + Object.keys(capacity).length;
  if (count > mostAttributes)
    errors.invalid(
      path,
      count,
      `the total number of attributes and capacities must not exceed ${mostAttributes}`,
    );
  const values = Object.values(attributes).reduce((sum, attribute) => sum + valuesOf(attribute), 0);
  if (values > mostValues)
    errors.invalid(path, values, `the total number of attribute values must not exceed ${mostValues}`);
  for (const [key, attribute] of Object.entries(attributes)) {
    validateAttributeName(errors, key, `${path}.attributes`);
    validateAttribute(errors, attribute, `${path}.attributes[${key}]`);
  }
  for (const [key, one] of Object.entries(capacity)) {
    validateAttributeName(errors, key, `${path}.capacity`);
    const shared = device.allowMultipleAllocations === true;
    validateRequestPolicy(errors, one, shared, `${path}.capacity[${key}].requestPolicy`);
  }
  if (!old || !semanticEqual(old.taints, device.taints))
    validateSlice(errors, device.taints, mostTaints, `${path}.taints`, (taint, at) =>
      validateTaint(errors, taint, at),
    );
  validateSet(
    errors,
    device.consumesCounters,
    mostConsumptions,
    `${path}.consumesCounters`,
    ({ counterSet, counters }, at) => {
      if (!counterSet) errors.required(`${at}.counterSet`);
      else errors.invalids(`${at}.counterSet`, counterSet, dnsLabel(counterSet));
      validateCounters(errors, counters, `${at}.counters`);
    },
    ({ counterSet }) => counterSet,
  );
  validateNode(errors, device, path, perDevice);
  validateBindingConditions(errors, device, path);
}
