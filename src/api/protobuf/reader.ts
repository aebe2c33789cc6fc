// Reads protobuf. Every read is checked against the end of the message: bad input gives a ProtobufError, never a crash.

/** The bytes are no protobuf of the type that was asked for. */
export class ProtobufError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ProtobufError';
  }
}

const truncated = 'unexpected EOF';
const overflow = 'proto: integer overflow';
const maxDepth = 1500;

/** A position in a buffer, and where the current message ends. */
export class ProtobufReader {
  readonly buffer: Buffer;
  at: number;
  end: number;
  private depth = 0;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.end = end;
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  /** A varint as a signed 64 bit number; exact below 2^53. */
  int64(): number {
    let low = 0;
    let scale = 1;
    for (let i = 0; i < 7; i++) {
      const byte = this.byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return low;
      scale *= 0x80;
    }
    return this.longInt64(low);
  }

  /** The rest of a varint of more than seven bytes, `low` its first 49 bits. */
  private longInt64(low: number): number {
    let value = BigInt(low);
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    throw new ProtobufError(overflow);
  }

  /** A varint as a signed integer, exact: a bigint from 2^53 on. */
  integer(): number | bigint {
    const start = this.at;
    const value = this.int64();
    if (Number.isSafeInteger(value)) return value;
    this.at = start;
    return this.bigInt64();
  }

  /** A varint as a signed 64 bit bigint. */
  bigInt64(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, value);
    }
    throw new ProtobufError(overflow);
  }

  int32(): number {
    const value = this.int64();
    return (value | 0) === value ? value : Number(BigInt.asIntN(32, BigInt(value)));
  }

  private byte(): number {
    if (this.at >= this.end) throw new ProtobufError(truncated);
    return this.buffer[this.at++]!;
  }

  double(): number {
    if (this.at + 8 > this.end) throw new ProtobufError(truncated);
    this.at += 8;
    return this.buffer.readDoubleLE(this.at - 8);
  }

  /** The end of a length-delimited field that begins here. */
  private delimited(): number {
    const length = this.int64();
    if (length < 0) throw new ProtobufError('proto: negative length found during unmarshaling');
    if (this.at + length > this.end) throw new ProtobufError(truncated);
    return this.at + length;
  }

  text(): string {
    const end = this.delimited();
    const start = this.at;
    this.at = end;
    if (end - start < 24) {
      let text = '';
      for (let i = start; i < end; i++) {
        const byte = this.buffer[i]!;
        if (byte >= 0x80) return this.buffer.toString('utf8', start, end);
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return this.buffer.toString('utf8', start, end);
  }

  /** A view of the field's bytes. */
  bytes(): Buffer {
    const end = this.delimited();
    const view = this.buffer.subarray(this.at, end);
    this.at = end;
    return view;
  }

  /** Reads an embedded message: `read` runs until this reader is done with it. */
  message(read: (reader: ProtobufReader) => void): void {
    const end = this.delimited();
    const outer = this.end;
    if (++this.depth > maxDepth) throw new ProtobufError('proto: message nested too deep');
    this.end = end;
    read(this);
    this.depth--;
    this.at = end;
    this.end = outer;
  }

  /** The next field's number and wire type as one number: number * 8 + type. */
  tag(): number {
    const tag = this.int64();
    const number = Math.floor(tag / 8);
    if (tag < 0 || number <= 0 || number > 0x1fffffff)
      throw new ProtobufError(`proto: illegal tag ${number} (wire type ${tag})`);
    return tag;
  }

  /** Skips the value of a field that nobody knows. */
  skip(wireType: number): void {
    if (wireType === 0) this.int64();
    else if (wireType === 1) this.advance(8);
    else if (wireType === 2) this.at = this.delimited();
    else if (wireType === 5) this.advance(4);
    else if (wireType === 3) this.skipGroup();
    else throw new ProtobufError(`proto: illegal wireType ${wireType}`);
  }

  private advance(count: number): void {
    if (this.at + count > this.end) throw new ProtobufError(truncated);
    this.at += count;
  }

  private skipGroup(): void {
    for (let open = 1; open > 0; ) {
      const wireType = this.tag() % 8;
      if (wireType === 3) open++;
      else if (wireType === 4) open--;
      else this.skip(wireType);
    }
  }
}
