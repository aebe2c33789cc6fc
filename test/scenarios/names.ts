// Names that differ between the recording and today: hashes of templates (1.36 hashes other fields than 1.28 did) and the
// random suffixes of pods. What appears n-th here is what appeared n-th there.
import type { RecordedObject, Recording } from './recording.ts';

const generatedPod = /<p\d\d>$/;

/** Translates between the two. */
export class Names {
  private readonly recordedHashes: readonly string[];
  private readonly recordedPods: readonly string[];
  private readonly hashes: string[] = [];
  private readonly pods: string[] = [];
  private readonly uids = new Map<string, string>();

  constructor({ timeline }: Pick<Recording, 'timeline'>) {
    const added = timeline.filter(({ type }) => type === 'ADDED');
    this.recordedHashes = added
      .filter(({ kind }) => kind === 'ReplicaSet')
      .map(({ object }) => hashOf(object!))
      .filter((hash) => hash !== undefined);
    this.recordedPods = added
      .filter(({ kind, name }) => kind === 'Pod' && generatedPod.test(name))
      .map(({ name }) => name)
      .sort((a, b) => a.slice(-4).localeCompare(b.slice(-4)));
  }

  /** An object was made here. */
  learn(object: RecordedObject): void {
    const { kind, metadata } = object;
    const { uid, generateName } = metadata as { uid?: string; generateName?: string };
    this.uids.set(`${kind}/${metadata.name}`, uid ?? '');
    const hash = kind === 'ReplicaSet' ? hashOf(object) : undefined;
    if (hash !== undefined) this.hashes.push(hash);
    if (kind === 'Pod' && generateName) this.pods.push(metadata.name);
  }

  /** A text of today with the recorded hashes, and `<p>` for what is random. */
  toRecorded(text: string): string {
    let shown = text;
    for (const name of this.pods) shown = shown.replaceAll(name, `${name.slice(0, -5)}<p>`);
    for (const [i, hash] of this.hashes.entries())
      shown = shown.replaceAll(hash, this.recordedHashes[i] ?? hash);
    return shown;
  }

  /** A recorded command or its input with the names of today. */
  fromRecorded(text: string): string {
    return text
      .replace(/<uid:([^>]*)>/g, (all, key: string) => this.uids.get(key) ?? all)
      .replace(/<uid>/g, '11111111-2222-4333-8444-555555555555')
      .replace(/\S*<p\d\d>/g, (name) => this.pods[this.recordedPods.indexOf(name)] ?? name);
  }

  /** Whether a text names what sorts otherwise here. */
  hasRandomNames(recorded: string): boolean {
    return /<p\d*>/.test(recorded) || this.recordedHashes.some((hash) => recorded.includes(hash));
  }
}

function hashOf({ metadata }: RecordedObject): string | undefined {
  return (metadata as { labels?: Record<string, string> }).labels?.['pod-template-hash'];
}
