// What is wrong with a value by its merge type. Upstream: structured-merge-diff/v6/typed/helpers.go, ValidationErrors.

/** One complaint: `.spec.foo: field not declared in schema`. */
export interface TypeFault {
  readonly path: string;
  readonly message: string;
}

function faultText({ path, message }: TypeFault): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** A value that does not fit its type; its message lists every fault as upstream prints it. */
export class TypeFaults extends Error {
  readonly faults: readonly TypeFault[];

  constructor(faults: readonly TypeFault[]) {
    super(
      faults.length === 1
        ? faultText(faults[0]!)
        : ['errors:', ...faults.map((fault) => `  ${faultText(fault)}`)].join('\n'),
    );
    this.name = 'TypeFaults';
    this.faults = faults;
  }
}

/** Throws when there are faults. */
export function throwFaults(faults: readonly TypeFault[]): void {
  if (faults.length > 0) throw new TypeFaults(faults);
}
