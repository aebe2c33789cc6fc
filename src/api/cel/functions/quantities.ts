// Quantities: quantity('1Gi').isGreaterThan(quantity('500Mi')).
// Upstream: k8s.io/apiserver/pkg/cel/library/quantity.go and pkg/cel/quantity.go.
import { parseQuantity, type Quantity, QuantityError, Quantity as QuantityOf } from '../../quantity.ts';
import { EvaluationError, type OpaqueValue, type Value } from '../values/value.ts';

/** A quantity as a value. */
class QuantityValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'kubernetes.Quantity';
  readonly quantity: Quantity;

  constructor(quantity: Quantity) {
    this.quantity = quantity;
  }

  equals(other: OpaqueValue): Value {
    return other instanceof QuantityValue && this.quantity.compare(other.quantity) === 0;
  }
}

function read(text: string): Quantity | EvaluationError {
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return new EvaluationError(error.message);
    throw error;
  }
}

function quantity(text: string): Value {
  const found = read(text);
  return found instanceof EvaluationError ? found : new QuantityValue(found);
}

/** The whole number; undefined when it has decimals or is too large. */
function wholeOf({ unscaled, scale }: Quantity): bigint | undefined {
  if (scale < 0 || scale > 18) return unscaled === 0n && scale > 0 ? 0n : undefined;
  const value = unscaled * 10n ** BigInt(scale);
  return value > 2n ** 63n - 1n || value < -(2n ** 63n) ? undefined : value;
}

function compared(holds: (order: number) => Value) {
  return (a: QuantityValue, b: QuantityValue): Value => holds(a.quantity.compare(b.quantity));
}

function ofInt(value: bigint): Quantity {
  return new QuantityOf(value, 0, 'DecimalExponent');
}

export const quantityFunctions = {
  string_to_quantity: quantity,
  is_quantity_string: (text: string) => !(read(text) instanceof EvaluationError),
  quantity_sign: (value: QuantityValue) => BigInt(value.quantity.sign()),
  quantity_is_greater_than: compared((order) => order > 0),
  quantity_is_less_than: compared((order) => order < 0),
  quantity_compare_to: compared((order) => BigInt(order)),
  quantity_get_float: (value: QuantityValue) => value.quantity.toNumber(),
  quantity_get_int: (value: QuantityValue): Value =>
    wholeOf(value.quantity) ?? new EvaluationError('cannot convert value to integer'),
  quantity_is_integer: (value: QuantityValue) => wholeOf(value.quantity) !== undefined,
  quantity_add: (a: QuantityValue, b: QuantityValue) => new QuantityValue(a.quantity.add(b.quantity)),
  quantity_add_int: (a: QuantityValue, b: bigint) => new QuantityValue(a.quantity.add(ofInt(b))),
  quantity_sub: (a: QuantityValue, b: QuantityValue) => new QuantityValue(a.quantity.sub(b.quantity)),
  quantity_sub_int: (a: QuantityValue, b: bigint) => new QuantityValue(a.quantity.sub(ofInt(b))),
};
