// Watch events as bytes. A frame is made once per encoding and shared by every watcher; the frames of one commit are
// joined once for all watchers of the same scope.
import { writeJson } from '../../api/long-integers.ts';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import type { Status } from '../../api/status.ts';
import type { CachedObject, CacheEvent } from '../../storage/watch-cache.ts';
import type { ServedResource } from '../resources.ts';
import {
  encodeProtobufObject,
  isVerbatim,
  type Rendering,
  renderedObject,
  transformed,
} from './object-encoder.ts';
import { encodeWatchFrame } from './protobuf.ts';

/** The annotation of the bookmark that ends the initial events of a watch list (KEP-3157). */
export const initialEventsEnd = 'k8s.io/initial-events-end';

const jsonTail = Buffer.from('}\n');
const jsonHeads: Record<string, Buffer> = Object.fromEntries(
  ['ADDED', 'MODIFIED', 'DELETED'].map((type) => [type, Buffer.from(`{"type":"${type}","object":`)]),
);
const stateChunkBytes = 256 * 1024;

// The joined frames of an event array, by encoding; arrays are shared among watchers, so is what is made of them.
const joined = new WeakMap<readonly CacheEvent[], Map<string, Buffer>>();

/** Frames of objects as they are stored, made in one piece. */
function verbatimFrames(events: readonly { type: string; object: CachedObject }[]): Buffer {
  let size = 0;
  for (const { type, object } of events)
    size += jsonHeads[type]!.length + object.bytes.length - 1 + jsonTail.length;
  const frames = Buffer.allocUnsafe(size);
  let at = 0;
  for (const { type, object } of events) {
    const { bytes } = object;
    at += jsonHeads[type]!.copy(frames, at);
    // the stored newline stays out: it would end the frame too early
    at += bytes.copy(frames, at, 0, bytes.length - 1);
    at += jsonTail.copy(frames, at);
  }
  return frames;
}

/** Makes the frames of one watch's encoding. */
export class WatchFrames {
  readonly contentType: string;
  /** Whether frames are text or bytes. */
  readonly form: 'text' | 'binary';
  private readonly resource: ServedResource;
  private readonly rendering: Rendering;
  private readonly verbatim: boolean;
  /** Names the encoding in memos; undefined: frames can't be shared (tables show ages and a first header). */
  private readonly memoKey: string | undefined;
  private headerSent = false;

  constructor(resource: ServedResource, rendering: Rendering) {
    this.resource = resource;
    this.rendering = rendering;
    const { encoding } = rendering;
    this.verbatim = isVerbatim(resource, encoding);
    const isTable = encoding.as?.kind === 'Table';
    const { group, version } = resource.definition;
    this.memoKey =
      isTable || encoding.pretty
        ? undefined
        : `${group}/${version} ${encoding.media} ${encoding.as?.kind ?? ''}${encoding.as?.version ?? ''}`;
    this.form = encoding.media === 'protobuf' ? 'binary' : 'text';
    this.contentType =
      encoding.media === 'protobuf' ? `${encoding.contentType};stream=watch` : encoding.contentType;
  }

  /** The frames of one commit. */
  batch(events: readonly CacheEvent[]): Buffer {
    if (this.memoKey === undefined) return Buffer.concat(events.map((e) => this.frame(e.type, e.object)));
    if (events.length === 1) return this.shared(events[0]!, this.memoKey);
    let byEncoding = joined.get(events);
    if (byEncoding === undefined) {
      byEncoding = new Map();
      joined.set(events, byEncoding);
    }
    let bytes = byEncoding.get(this.memoKey);
    if (bytes === undefined) {
      bytes = this.verbatim
        ? verbatimFrames(events)
        : Buffer.concat(events.map((e) => this.shared(e, this.memoKey!)));
      byEncoding.set(this.memoKey, bytes);
    }
    return bytes;
  }

  /** ADDED frames of the current state, in chunks. */
  *state(objects: readonly CachedObject[]): Iterable<Buffer> {
    let pending: Buffer[] = [];
    let size = 0;
    for (const object of objects) {
      const frame = this.frame('ADDED', object);
      pending.push(frame);
      size += frame.length;
      if (size < stateChunkBytes) continue;
      yield Buffer.concat(pending);
      pending = [];
      size = 0;
    }
    if (pending.length > 0) yield Buffer.concat(pending);
  }

  /** A BOOKMARK: an object of the kind with nothing but its resourceVersion; as a table it has a row of its own. */
  bookmark(revision: number, annotations?: Record<string, string>): Buffer {
    const { definition, schema, conversion } = this.resource;
    const { rendering } = this;
    const isTable = rendering.encoding.as?.kind === 'Table';
    // tables are printed from the stored version
    const empty = isTable ? (conversion?.toStorage(schema.empty()) ?? schema.empty()) : undefined;
    const object: KubeObject = {
      ...empty,
      kind: definition.kind,
      apiVersion: apiVersionOf(definition.group, definition.version),
      metadata: { resourceVersion: String(revision), ...(annotations && { annotations }) },
    };
    // who waits for the end of the initial events must see the annotation
    const includeObject =
      annotations && rendering.includeObject === 'None' ? 'Metadata' : rendering.includeObject;
    const { ref, value } = transformed(
      this.resource,
      object,
      { ...rendering, includeObject },
      !this.headerSent,
    );
    this.headerSent = true;
    return this.wrap('BOOKMARK', ref, value);
  }

  /** An ERROR event; the stream ends after it. */
  error(status: Status): Buffer {
    return this.wrap('ERROR', 'meta/v1.Status', status);
  }

  private shared(event: CacheEvent, memoKey: string): Buffer {
    return event.memo(memoKey, () => this.frame(event.type, event.object));
  }

  private frame(type: string, object: CachedObject): Buffer {
    if (this.verbatim) return verbatimFrames([{ type, object }]);
    const { ref, value } = transformed(
      this.resource,
      renderedObject(this.resource, object.bytes, this.rendering),
      this.rendering,
      !this.headerSent,
    );
    this.headerSent = true;
    return this.wrap(type, ref, value);
  }

  private wrap(type: string, ref: string, value: object): Buffer {
    if (this.rendering.encoding.media === 'protobuf') {
      return encodeWatchFrame(type, encodeProtobufObject(ref, value));
    }
    return Buffer.from(`${writeJson({ type, object: value })}\n`);
  }
}
