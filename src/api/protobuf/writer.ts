// Writes protobuf from the end to the start, so that a message's length is known when its length is written.

// One buffer is kept for the next writer. A writer that is at work owns its buffer alone: writers may be nested.
let spare: Buffer | undefined;
const startSize = 64 * 1024;
const maxKept = 4 * 1024 * 1024;

/** A buffer that grows at its front. */
export class ProtobufWriter {
  private buffer: Buffer;
  /** Where the written bytes begin. */
  private at: number;

  constructor() {
    this.buffer = spare ?? Buffer.allocUnsafe(startSize);
    spare = undefined;
    this.at = this.buffer.length;
  }

  /** Bytes written so far; differences of it are lengths of messages. */
  get length(): number {
    return this.buffer.length - this.at;
  }

  /** A copy of what was written. The writer is done with and must not be used again. */
  finish(): Buffer {
    const bytes = Buffer.from(this.buffer.subarray(this.at));
    if (this.buffer.length <= maxKept) spare = this.buffer;
    return bytes;
  }

  private reserve(count: number): void {
    if (this.at >= count) return;
    const written = this.length;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, written + count));
    this.buffer.copy(larger, larger.length - written, this.at);
    this.buffer = larger;
    this.at = larger.length - written;
  }

  /** An unsigned integer below 2^53, or any bigint, as a varint. */
  varint(value: number | bigint): void {
    this.reserve(10);
    if (typeof value === 'bigint') {
      this.bigVarint(value);
      return;
    }
    if (value >= 0 && value < 0x80) {
      this.buffer[--this.at] = value;
      return;
    }
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.bigVarint(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let size = 1;
    for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
    this.at -= size;
    let rest = value;
    for (let i = this.at; i < this.at + size - 1; i++) {
      this.buffer[i] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.buffer[this.at + size - 1] = rest;
  }

  bigVarint(value: bigint): void {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      bytes.push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    bytes.push(Number(rest));
    this.bytes(Buffer.from(bytes));
  }

  /** Raw bytes. */
  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.at -= bytes.length;
    this.buffer.set(bytes, this.at);
  }

  /** UTF-8 text. */
  text(text: string): void {
    const length = text.length;
    this.reserve(length * 3);
    if (length < 48) {
      let at = this.at - length;
      let i = 0;
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code >= 0x80) break;
        this.buffer[at++] = code;
      }
      if (i === length) {
        this.at -= length;
        return;
      }
    }
    const size = Buffer.byteLength(text);
    this.at -= size;
    this.buffer.write(text, this.at, size, 'utf8');
  }

  /** A double, little-endian. */
  double(value: number): void {
    this.reserve(8);
    this.at -= 8;
    this.buffer.writeDoubleLE(value, this.at);
  }

  /** A length-delimited text with its tag. */
  textField(tag: number, text: string): void {
    const before = this.length;
    this.text(text);
    this.varint(this.length - before);
    this.varint(tag);
  }

  /** Length and tag of what was written since `before`. */
  close(before: number, tag: number): void {
    this.varint(this.length - before);
    this.varint(tag);
  }
}
