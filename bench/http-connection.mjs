// A lean HTTP/1.1 client: one request at a time on one TLS (or plain) connection. Node's own client would take more of
// the second core than the server under test has of the first.
import { connect as connectPlain } from 'node:net';
import { connect as connectTls } from 'node:tls';

const headEnd = Buffer.from('\r\n\r\n');

/** Opens a connection to `{host, port, tls}`; tls: options of tls.connect, or undefined. */
export function openConnection({ port, tls }) {
  return new Promise((resolve, reject) => {
    const socket = tls
      ? connectTls({ host: '127.0.0.1', port, ...tls })
      : connectPlain({ host: '127.0.0.1', port });
    socket.setNoDelay(true);
    socket.once('error', reject);
    socket.once(tls ? 'secureConnect' : 'connect', () => resolve(new Connection(socket)));
  });
}

/** One keep-alive connection. */
export class Connection {
  constructor(socket) {
    this.socket = socket;
    this.pending = undefined;
    this.chunks = [];
    this.received = 0;
    this.needed = 0;
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('close', () => this.pending?.reject(new Error('connection closed')));
  }

  /** Sends a whole request; resolves with `{status, body}`; body is a Buffer. */
  request(bytes) {
    return new Promise((resolve, reject) => {
      this.pending = { resolve, reject };
      this.socket.write(bytes);
    });
  }

  take(chunk) {
    this.chunks.push(chunk);
    this.received += chunk.length;
    if (this.needed > 0 && this.received < this.needed) return;
    const all = this.chunks.length === 1 ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [all];
    if (this.needed === 0) {
      const at = all.indexOf(headEnd);
      if (at < 0) return;
      const head = all.latin1Slice(0, at);
      const length = /content-length: (\d+)/i.exec(head);
      this.status = Number(head.slice(9, 12));
      this.bodyStart = at + 4;
      this.needed = this.bodyStart + Number(length?.[1] ?? 0);
      if (this.received < this.needed) return;
    }
    const body = all.subarray(this.bodyStart, this.needed);
    this.chunks = [];
    this.received = 0;
    this.needed = 0;
    this.pending.resolve({ status: this.status, body });
  }

  close() {
    this.pending = undefined;
    this.socket.destroy();
  }
}

/** The bytes of a request. */
export function requestBytes(method, path, token, body, contentType = 'application/json') {
  const credentials = token === undefined ? '' : `Authorization: Bearer ${token}\r\n`;
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${credentials}Accept: application/json\r\n`;
  if (body === undefined) return Buffer.from(`${head}\r\n`);
  const bytes = Buffer.from(body);
  return Buffer.concat([
    Buffer.from(`${head}Content-Type: ${contentType}\r\nContent-Length: ${bytes.length}\r\n\r\n`),
    bytes,
  ]);
}
