// Puts recorded texts into the words of 1.36.
import { rewordings } from './deviations.ts';

/** A recorded text as it would be today, in a step's output or among the events. */
export function reworded(text: string, scenario: string, where: number | 'events'): string {
  let shown = text;
  for (const { recorded, now, steps } of rewordings)
    if (steps[scenario]?.includes(where)) shown = shown.replace(recorded, now);
  return shown;
}
