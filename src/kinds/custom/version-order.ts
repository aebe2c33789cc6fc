// Versions by their rank: v2 before v1 before v1beta1 before v1alpha1, and what is named otherwise last.
// Upstream: k8s.io/apimachinery/pkg/version/helpers.go.

const pattern = /^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$/;
const levels: Readonly<Record<string, number>> = { alpha: 0, beta: 1, '': 2 };

function rank(version: string): [level: number, major: number, minor: number] | undefined {
  const match = pattern.exec(version);
  return match ? [levels[match[2] ?? '']!, Number(match[1]), Number(match[3] ?? 0)] : undefined;
}

/** Positive when `a` ranks higher than `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)];
  if (left === undefined && right === undefined) return a === b ? 0 : a < b ? 1 : -1;
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}
