// Paths to fields as they stand in error texts: spec.containers[0].name, metadata.labels[app].
// Upstream: k8s.io/apimachinery/pkg/util/validation/field/path.go.

/** An immutable path. `new FieldPath('spec').child('containers').index(0)` prints `spec.containers[0]`. */
export class FieldPath {
  private readonly text: string;

  constructor(...names: string[]) {
    this.text = names.join('.');
  }

  /** Appends field names. On the empty path the first name stands alone. */
  child(...names: string[]): FieldPath {
    const joined = names.join('.');
    return FieldPath.of(this.text === '' ? joined : `${this.text}.${joined}`);
  }

  /** Appends `[i]`. */
  index(i: number): FieldPath {
    return FieldPath.of(`${this.text}[${i}]`);
  }

  /** Appends `[key]`, for maps and keyed lists. */
  key(key: string): FieldPath {
    return FieldPath.of(`${this.text}[${key}]`);
  }

  /** The empty path prints as Go's NewPath("") does. */
  toString(): string {
    return this.text === '' ? '[]' : this.text;
  }

  private static of(text: string): FieldPath {
    return new FieldPath(text);
  }

  /** No path at all, as Go prints a nil one. */
  static readonly none: FieldPath = FieldPath.of('<nil>');
}

/** Shorthand for a path from the root. */
export function path(...names: string[]): FieldPath {
  return new FieldPath(...names);
}
