// What became of objects, recorded or watched: every state that each one passed through.
import {
  applyChange,
  foldPlaceholders,
  type RecordedChange,
  type RecordedObject,
  type Recording,
} from './recording.ts';

/** The life of one object. */
export interface Life {
  readonly kind: string;
  readonly name: string;
  readonly states: RecordedObject[];
  gone: boolean;
}

/** Lives as they grow, one change after the other. */
export class History {
  readonly lives: Life[] = [];
  private readonly alive = new Map<string, Life>();

  begin(object: RecordedObject): void {
    const { kind, metadata } = object;
    const life: Life = { kind, name: metadata.name, states: [object], gone: false };
    this.lives.push(life);
    this.alive.set(`${kind}/${metadata.name}`, life);
  }

  /** The object's last state; undefined when it is not there. */
  last(kind: string, name: string): RecordedObject | undefined {
    return this.alive.get(`${kind}/${name}`)?.states.at(-1);
  }

  change(object: RecordedObject): void {
    const life = this.alive.get(`${object.kind}/${object.metadata.name}`);
    if (life) life.states.push(object);
    else this.begin(object);
  }

  end(kind: string, name: string): void {
    const life = this.alive.get(`${kind}/${name}`);
    if (life) life.gone = true;
    this.alive.delete(`${kind}/${name}`);
  }

  /** What is there now. */
  objects(): RecordedObject[] {
    return [...this.alive.values()].map((life) => life.states.at(-1)!);
  }
}

const nodeNames = ['node-1', 'node-2', 'node-3'];

/** What a recording tells up to and with a step; nodes only where the scenario changes them. */
export function recordedHistory({ timeline, final }: Recording, until = Number.POSITIVE_INFINITY): History {
  const history = new History();
  if (final.some(({ kind }) => kind === 'Node'))
    for (const name of nodeNames) history.begin({ kind: 'Node', metadata: { name }, spec: {} });
  for (const change of timeline) if (change.step <= until) apply(history, change);
  return history;
}

function apply(history: History, change: RecordedChange): void {
  const { type, kind, name, object } = change;
  if (type === 'ADDED') history.begin(folded(object!));
  else if (type === 'DELETED') history.end(kind, name);
  else history.change(applyChange(history.last(kind, name)!, folded(change)));
}

/** Folds what is inside; the object's own name stays, to tell it from others. */
function folded<T extends RecordedObject | RecordedChange>(value: T): T {
  const copy = JSON.parse(foldPlaceholders(JSON.stringify(value))) as T;
  if ('metadata' in value)
    (copy as { metadata: unknown }).metadata = {
      ...(copy as RecordedObject).metadata,
      name: value.metadata.name,
    };
  return copy;
}
