// Whether the recorded events are there: each as often as it was recorded, and no other ones.
import type { Event } from '#types/core_v1';
import type { Names } from './names.ts';
import { foldPlaceholders, type RecordedEvent, type Recording } from './recording.ts';
import { reworded } from './reword.ts';

/** Which node is chance among equals. */
function anyNode(text: string): string {
  return text.replace(/node-\d/g, 'node-N');
}

function recordedText({
  involved,
  type,
  reason,
  message,
  source,
  reportingComponent,
}: RecordedEvent): string {
  const from = `${source.component ?? ''}/${reportingComponent}`;
  return anyNode(foldPlaceholders(`${involved} ${type} ${reason} ${from}: ${message}`));
}

function textOf(
  { involvedObject, type, reason, message, source, reportingComponent }: Event,
  names: Names,
): string {
  const from = `${source?.component ?? ''}/${reportingComponent ?? ''}`;
  const text = `${involvedObject.kind}/${involvedObject.name} ${type} ${reason} ${from}: ${message}`;
  return anyNode(names.toRecorded(text));
}

/** The kubelet of the recording was a simulation: its events are not compared. */
const isSimulated = ({ source }: { readonly source?: { readonly component?: string } }): boolean =>
  source?.component === 'kubelet';

/** What differs: `+` is here alone, `-` was recorded alone. Events that did not come a second time may be missing. */
export function compareEvents(
  { scenario, events: recorded }: Recording,
  today: readonly Event[],
  names: Names,
): string[] {
  const left = new Map<string, number>();
  for (const event of today.filter((e) => !isSimulated(e)))
    left.set(textOf(event, names), (left.get(textOf(event, names)) ?? 0) + 1);
  const faults: string[] = [];
  for (const event of recorded.filter((e) => !isSimulated(e))) {
    const text = reworded(recordedText(event), scenario, 'events');
    const count = left.get(text) ?? 0;
    if (count > 0) left.set(text, count - 1);
    else if (event.repeat !== false) faults.push(`- ${text}`);
  }
  for (const [text, count] of left) for (let i = 0; i < count; i++) faults.push(`+ ${text}`);
  return faults;
}
