// Watch frames as messages: a WebSocket sends each event by itself.
// Upstream: HandleWS in k8s.io/apiserver/pkg/endpoints/handlers/watch.go.

const newline = 0x0a;
const openingBrace = 0x7b;
const lengthBytes = 4;

/** The events of JSON frames that were joined, each with its newline; inside of an event no line begins with a brace. */
function textMessages(frames: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let start = 0;
  for (let at = frames.indexOf(newline); at >= 0; at = frames.indexOf(newline, at + 1)) {
    const next = at + 1;
    if (next < frames.length && frames[next] !== openingBrace) continue;
    messages.push(frames.subarray(start, next));
    start = next;
  }
  return messages;
}

/** The events of protobuf frames that were joined, without the lengths before them. */
function binaryMessages(frames: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < frames.length; ) {
    const end = at + lengthBytes + frames.readUInt32BE(at);
    messages.push(frames.subarray(at + lengthBytes, end));
    at = end;
  }
  return messages;
}

/** Whole frames of a watch, one message for each event. */
export function messagesOf(frames: Buffer, form: 'text' | 'binary'): Buffer[] {
  return form === 'text' ? textMessages(frames) : binaryMessages(frames);
}
