// How much of a device's capacity a request may ask for.
// Upstream: validateMultiAllocatableDeviceCapacity and what it calls in k8s.io/kubernetes/pkg/apis/resource/validation/validation.go.
import type { CapacityRequestPolicyRange, DeviceCapacity } from '#types/resource.k8s.io_v1';
import { parseQuantity, type Quantity } from '../../api/quantity.ts';
import type { FieldErrors } from '../validation/field-errors.ts';
import { validateSet } from './list-rules.ts';

const mostValues = 10;

function validateValues(
  errors: FieldErrors,
  usual: Quantity,
  capacity: Quantity,
  values: readonly Quantity[],
  path: string,
): void {
  values.forEach((value, i) => {
    if (i > 0 && values[i - 1]!.compare(value) > 0)
      errors.invalid(`${path}[${i}]`, value.toString(), 'values must be sorted in ascending order');
  });
  validateSet(
    errors,
    values,
    mostValues,
    path,
    (value, at) => {
      if (value.compare(capacity) > 0)
        errors.invalid(at, value.toString(), `option is larger than capacity value: ${capacity}`);
    },
    (value) => String(value.value()),
  );
  // too many are not looked through
  if (values.length > mostValues || !values.some((value) => value.compare(usual) === 0))
    errors.invalid(path, usual.toString(), 'default value is not valid according to the requestPolicy');
}

function validateStep(
  errors: FieldErrors,
  value: Quantity,
  least: Quantity,
  step: Quantity,
  path: string,
): void {
  if ((value.value() - least.value()) % step.value() !== 0)
    errors.invalid(
      path,
      value.toString(),
      `value is not a multiple of a given step (${step}) from (${least})`,
    );
}

function validateRange(
  errors: FieldErrors,
  usual: Quantity,
  capacity: Quantity,
  range: CapacityRequestPolicyRange,
  path: string,
): void {
  if (range.min === undefined || range.min === null) {
    errors.required(`${path}.min`, 'required when validRange is defined');
    return;
  }
  const least = parseQuantity(range.min);
  if (least.compare(capacity) > 0)
    errors.invalid(`${path}.min`, least.toString(), `min is larger than capacity value: ${capacity}`);
  if (usual.compare(least) < 0)
    errors.invalid(`${path}.min`, usual.toString(), `default is less than min: ${least}`);
  const most = range.max ? parseQuantity(range.max) : undefined;
  if (most) {
    const at = `${path}.max`;
    if (least.compare(most) > 0) errors.invalid(at, least.toString(), `min is larger than max: ${most}`);
    if (most.compare(capacity) > 0)
      errors.invalid(at, most.toString(), `max is larger than capacity value: ${capacity}`);
    if (usual.compare(most) > 0) errors.invalid(at, usual.toString(), `default is more than max: ${most}`);
  }
  if (!range.step) return;
  const step = parseQuantity(range.step);
  const at = `${path}.step`;
  const first = least.add(step);
  if (first.compare(capacity) > 0)
    errors.invalid(at, step.toString(), `one step ${first} is larger than capacity value: ${capacity}`);
  validateStep(errors, usual, least, step, at);
  if (most) validateStep(errors, most, least, step, at);
}

/** The policy of one capacity, where there is one. `isShared`: the device may be allocated to several. */
export function validateRequestPolicy(
  errors: FieldErrors,
  { value, requestPolicy: policy }: DeviceCapacity,
  isShared: boolean,
  path: string,
): void {
  if (!policy) return;
  if (!isShared) {
    errors.forbidden(path, 'allowMultipleAllocations must be true');
    return;
  }
  const { default: usual, validRange: range, validValues: values = [] } = policy;
  if (values.length > 0 && range) {
    errors.forbidden(
      path,
      'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time',
    );
    return;
  }
  if (values.length === 0 && !range) return;
  const which = range ? 'validRange' : 'validValues';
  if (usual === undefined || usual === null) {
    errors.required(`${path}.default`, `required when ${which} is defined`);
    return;
  }
  const capacity = parseQuantity(value ?? '0');
  const at = `${path}.${which}`;
  if (range) validateRange(errors, parseQuantity(usual), capacity, range, at);
  else validateValues(errors, parseQuantity(usual), capacity, values.map(parseQuantity), at);
}
