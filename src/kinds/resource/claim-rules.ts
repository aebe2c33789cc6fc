// Rules of the devices that a claim asks for. Selectors are not compiled: the server has no CEL yet.
// Upstream: k8s.io/kubernetes/pkg/apis/resource/validation/validation.go.

import type {
  DeviceClaim,
  DeviceConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSelector,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
} from '#types/resource.k8s.io_v1';
import { isJsonObject } from '../../api/json-object.ts';
import { writeJson } from '../../api/long-integers.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateLabelKey } from '../validation/labels.ts';
import { dnsLabel, dnsSubdomain, longerThan } from '../validation/names.ts';
import { validateDriverName } from '../volumes/source-rules.ts';
import { loadedSelectors } from './device-expressions/lazy-selectors.ts';
import { validateFullName, validateSet, validateSlice, validateValue } from './list-rules.ts';

export const mostRequests = 32;
export const mostConfigs = 32;
const mostSelectors = 32;
const mostConstraints = 32;
const mostAlternatives = 8;
const longestExpression = 10 * 1024;
const longestParameters = 10 * 1024;
export const taintEffects = ['NoExecute', 'NoSchedule', 'None'];
const modes = ['All', 'ExactCount'];
const operators = ['Equal', 'Exists'];
const notARequest =
  "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

/** The names by which the rest of a claim can refer to its requests. */
export function requestNamesOf({ requests }: DeviceClaim): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { name, firstAvailable } of requests ?? []) {
    // a reference is taken apart at its slash: a name with one is never meant
    if (name.includes('/')) continue;
    names.add(name);
    for (const alternative of firstAvailable ?? [])
      if (!alternative.name.includes('/')) names.add(`${name}/${alternative.name}`);
  }
  return names;
}

/** A reference to a request. */
export function validateRequestReference(
  errors: FieldErrors,
  name: string,
  names: ReadonlySet<string>,
  path: string,
): void {
  const segments = name.split('/');
  if (segments.length > 2) {
    errors.invalid(path, name, notARequest);
    return;
  }
  for (const segment of segments) errors.invalids(path, segment, dnsLabel(segment));
  if (!names.has(name)) errors.invalid(path, name, notARequest);
}

/** References to requests, each once. */
export function validateRequestReferences(
  errors: FieldErrors,
  references: readonly string[] | undefined,
  names: ReadonlySet<string>,
  path: string,
): void {
  const check = (name: string, at: string): void => validateRequestReference(errors, name, names, at);
  validateSet(errors, references, mostRequests, path, check, (name) => name);
}

function validateExpression(errors: FieldErrors, source: string, path: string): void {
  // `cel.bind` is not known here: what has it is taken as it is
  if (source.includes('cel.bind(')) return;
  const fault = loadedSelectors()?.selectorFault(source);
  if (fault?.costly) errors.forbidden(path, 'too complex, exceeds cost limit');
  else if (fault) errors.invalid(path, source, fault.text);
}

/** Selectors of devices. */
export function validateSelectors(
  errors: FieldErrors,
  selectors: readonly DeviceSelector[] | undefined,
  path: string,
): void {
  validateSlice(errors, selectors, mostSelectors, path, ({ cel }, at) => {
    if (!cel) errors.required(`${at}.cel`);
    else if (longerThan(cel.expression, longestExpression))
      errors.tooLong(`${at}.cel.expression`, longestExpression);
    else validateExpression(errors, cel.expression ?? '', `${at}.cel.expression`);
  });
}

/** JSON that is passed through: an object, not too long. */
export function validateRaw(errors: FieldErrors, raw: unknown, path: string, longest: number): void {
  if (raw === undefined || raw === null) errors.required(path);
  else if (longerThan(writeJson(raw), longest)) errors.tooLong(path, longest);
  else if (!isJsonObject(raw)) errors.invalid(path, '<value omitted>', 'must be a valid JSON object');
}

/** Configuration for a driver. */
export function validateConfiguration(
  errors: FieldErrors,
  { opaque }: DeviceConfiguration,
  path: string,
): void {
  if (!opaque) {
    errors.required(`${path}.opaque`);
    return;
  }
  validateDriverName(errors, opaque.driver, `${path}.opaque.driver`);
  validateRaw(errors, opaque.parameters, `${path}.opaque.parameters`, longestParameters);
}

function validateToleration(errors: FieldErrors, toleration: DeviceToleration, path: string): void {
  const { key, operator = '', value = '', effect } = toleration;
  if (key) validateLabelKey(errors, key, `${path}.key`);
  if (operator === 'Exists') {
    if (value !== '') errors.invalid(`${path}.value`, value, 'must be empty for operator `Exists`');
  } else if (operator === 'Equal') validateValue(errors, value, `${path}.value`);
  else if (operator === '') errors.required(`${path}.operator`);
  else errors.notSupported(`${path}.operator`, operator, operators);
  if (effect && !taintEffects.includes(effect)) errors.notSupported(`${path}.effect`, effect, taintEffects);
}

function validateAsked(
  errors: FieldErrors,
  request: ExactDeviceRequest | DeviceSubRequest,
  path: string,
): void {
  const { deviceClassName: name, allocationMode: mode = '', count = 0 } = request;
  if (!name) errors.required(`${path}.deviceClassName`);
  else errors.invalids(`${path}.deviceClassName`, name, dnsSubdomain(name));
  validateSelectors(errors, request.selectors, `${path}.selectors`);
  if (mode === 'All') {
    if (count !== 0)
      errors.invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'");
  } else if (mode !== 'ExactCount') errors.notSupported(`${path}.allocationMode`, mode, modes);
  else if (count <= 0) errors.invalid(`${path}.count`, count, 'must be greater than zero');
  request.tolerations?.forEach((toleration, i) => {
    validateToleration(errors, toleration, `${path}.tolerations[${i}]`);
  });
}

function validateRequest(errors: FieldErrors, request: DeviceRequest, path: string): void {
  const { name, exactly, firstAvailable = [] } = request;
  const text = 'exactly one of `exactly` or `firstAvailable` is required';
  errors.invalids(`${path}.name`, name, dnsLabel(name));
  if (exactly && firstAvailable.length > 0)
    errors.invalid(path, null, `${text}, but multiple fields are set`);
  else if (exactly) validateAsked(errors, exactly, `${path}.exactly`);
  else if (firstAvailable.length === 0) errors.required(path, text);
  else
    validateSet(
      errors,
      firstAvailable,
      mostAlternatives,
      `${path}.firstAvailable`,
      (alternative, at) => {
        errors.invalids(`${at}.name`, alternative.name, dnsLabel(alternative.name));
        validateAsked(errors, alternative, at);
      },
      (alternative) => alternative.name,
    );
}

function validateConstraint(
  errors: FieldErrors,
  constraint: DeviceConstraint,
  names: ReadonlySet<string>,
  path: string,
): void {
  const { matchAttribute: match, distinctAttribute: distinct } = constraint;
  validateRequestReferences(errors, constraint.requests, names, `${path}.requests`);
  if (match !== undefined) validateFullName(errors, match, `${path}.matchAttribute`);
  else if (distinct !== undefined) validateFullName(errors, distinct, `${path}.distinctAttribute`);
  else
    errors.required(
      path,
      'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set',
    );
}

/** What a claim asks for. */
export function validateDeviceClaim(errors: FieldErrors, claim: DeviceClaim, path: string): void {
  const names = requestNamesOf(claim);
  validateSet(
    errors,
    claim.requests,
    mostRequests,
    `${path}.requests`,
    (request, at) => validateRequest(errors, request, at),
    ({ name }) => name,
  );
  validateSlice(errors, claim.constraints, mostConstraints, `${path}.constraints`, (constraint, at) =>
    validateConstraint(errors, constraint, names, at),
  );
  validateSlice(errors, claim.config, mostConfigs, `${path}.config`, (config, at) => {
    validateRequestReferences(errors, config.requests, names, `${at}.requests`);
    validateConfiguration(errors, config, at);
  });
}

/** A toleration of a value compares, where it says nothing else. */
export function setTolerationDefaults(tolerations: readonly DeviceToleration[] | undefined): void {
  for (const toleration of tolerations ?? []) toleration.operator ||= 'Equal';
}

/** One device of each request unless it says otherwise. */
export function setClaimDefaults({ requests }: DeviceClaim): void {
  for (const { exactly, firstAvailable } of requests ?? [])
    for (const request of [...(exactly ? [exactly] : []), ...(firstAvailable ?? [])]) {
      if (!request.allocationMode) request.allocationMode = 'ExactCount';
      if (request.allocationMode === 'ExactCount' && !request.count) request.count = 1;
      setTolerationDefaults(request.tolerations);
    }
}
