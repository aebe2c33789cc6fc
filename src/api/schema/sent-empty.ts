// Lists and maps that were sent empty and that Go leaves out when it prints: no rule minds them, but upstream's errors print an
// internal object, in which an empty list is no absent one. What is known of them stands beside the decoded objects.

const sentEmpty = new WeakMap<object, Map<string, unknown>>();

/** Notes that `object` was sent with this empty list or map. */
export function noteSentEmpty(object: object, name: string, empty: unknown): void {
  const known = sentEmpty.get(object);
  if (known) known.set(name, empty);
  else sentEmpty.set(object, new Map([[name, empty]]));
}

/** Takes a member away from a decoded object, and that it was sent empty. */
export function dropMember<T extends object>(object: T, name: keyof T & string): void {
  delete object[name];
  sentEmpty.get(object)?.delete(name);
}

/** Whether a decoded object was sent with an empty list or map. */
export function hasSentEmpty(object: object): boolean {
  return sentEmpty.has(object);
}

/** A copy of a decoded object that is known to have been sent like it. */
export function copyAsSent<T extends object>(object: T): T {
  const copy = { ...object };
  const known = sentEmpty.get(object);
  if (known) sentEmpty.set(copy, known);
  return copy;
}

/** The member of a decoded object as it was sent: an empty list or map too. */
export function memberAsSent(object: object, name: string): unknown {
  return (object as Record<string, unknown>)[name] ?? sentEmpty.get(object)?.get(name);
}
