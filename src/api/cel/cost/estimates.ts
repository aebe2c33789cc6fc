// Ranges of sizes and costs, with arithmetic that stops at the largest 64-bit number.
// Upstream: SizeEstimate and CostEstimate of cel-go checker/cost.go.

/** From `min` to `max`, both whole and not negative. */
export interface Estimate {
  readonly min: number;
  readonly max: number;
}

/** Stands for "no bound"; the largest unsigned 64-bit number as a float. */
export const unbounded = 2 ** 64;

export const unknownSize: Estimate = { min: 0, max: unbounded };

/** Exactly `size`. */
export function exactly(size: number): Estimate {
  return { min: size, max: size };
}

function capped(value: number): number {
  return Math.min(value, unbounded);
}

/** a * b without overflow. */
export function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : capped(a * b);
}

export function add(a: Estimate, b: Estimate): Estimate {
  return { min: capped(a.min + b.min), max: capped(a.max + b.max) };
}

export function multiply(a: Estimate, b: Estimate): Estimate {
  return { min: times(a.min, b.min), max: times(a.max, b.max) };
}

/** Times a factor, rounded up. */
export function scale({ min, max }: Estimate, factor: number): Estimate {
  return { min: capped(Math.ceil(min * factor)), max: capped(Math.ceil(max * factor)) };
}

/** The range that has both in it. */
export function union(a: Estimate, b: Estimate): Estimate {
  return { min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) };
}
