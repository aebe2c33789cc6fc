// What is taken out of the recordings of controllers: what those made that are not here yet.
import { absentControllers } from './deviations-controllers.ts';
import type { GoldenCase } from './replay.ts';

/** An item of a list or a row of a table. */
export interface Entry {
  readonly metadata?: { readonly name: string };
  readonly object?: { readonly metadata: { readonly name: string } };
}

/** The name of an item or a row; '' when it has none. */
export function nameOf({ metadata, object }: Entry): string {
  return (metadata ?? object?.metadata)?.name ?? '';
}

/** Why nobody makes an object here; undefined for what is made. */
export function absence(entry: Entry): string | undefined {
  const name = nameOf(entry);
  const maker = Object.keys(absentControllers).find(
    (n) => name.startsWith(`${n}-`) || name.startsWith(`${n}.`),
  );
  return maker && absentControllers[maker];
}

/** Why entries of a recording are taken out of it, each reason once; and of how many. */
export function absences({ response }: GoldenCase): { count: number; reasons: string[] } {
  const { items, rows } = response.body as { items?: Entry[]; rows?: Entry[] };
  const reasons = (items ?? rows ?? []).map(absence).filter((reason) => reason !== undefined);
  return { count: reasons.length, reasons: [...new Set(reasons)] };
}
