// Ages as kubectl shows them: 5s, 3m20s, 4h, 12d, 2y30d.
// Upstream: k8s.io/apimachinery/pkg/util/duration/duration.go.
import type { ObjectMeta } from '#types/meta_v1';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

function twoUnits(seconds: number, big: number, bigName: string, small: number, smallName: string): string {
  const whole = Math.floor(seconds / big);
  const rest = Math.floor((seconds % big) / small);
  return rest === 0 ? `${whole}${bigName}` : `${whole}${bigName}${rest}${smallName}`;
}

/** A span of milliseconds in one or two units. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  // Clocks of machines differ by a second.
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * minute) return `${seconds}s`;
  if (seconds < 10 * minute) return twoUnits(seconds, minute, 'm', 1, 's');
  if (seconds < 3 * hour) return `${Math.floor(seconds / minute)}m`;
  if (seconds < 8 * hour) return twoUnits(seconds, hour, 'h', minute, 'm');
  if (seconds < 2 * day) return `${Math.floor(seconds / hour)}h`;
  if (seconds < 8 * day) return twoUnits(seconds, day, 'd', hour, 'h');
  if (seconds < 2 * year) return `${Math.floor(seconds / day)}d`;
  if (seconds < 8 * year) return twoUnits(seconds, year, 'y', day, 'd');
  return `${Math.floor(seconds / year)}y`;
}

/** How long ago a time was. */
export function since(time: string | null | undefined, now: number): string {
  return time ? humanDuration(now - Date.parse(time)) : '<unknown>';
}

/** The age of an object. */
export function ageOf(object: { metadata: ObjectMeta }, context: { readonly now: number }): string {
  return since(object.metadata.creationTimestamp, context.now);
}

/** The name of an object. */
export function nameOf(object: { metadata: ObjectMeta }): string {
  return object.metadata.name ?? '';
}
