// What the bench asks of a cluster: Node's own https, and watches whose events are not parsed.
import { request } from 'node:https';

/** A client of the API server at `url`; `tls`: Node's options; `token`: a bearer token, where no certificate says who asks. */
export function clientOf(url, tls, token) {
  const who = token ? { authorization: `Bearer ${token}` } : {};
  const send = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body && JSON.stringify(body);
      const length = text && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      };
      const headers = { ...who, ...length };
      const outgoing = request(`${url}${path}`, { method, headers, ...tls }, resolve);
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  return {
    async call(method, path, body) {
      const response = await send(method, path, body);
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString();
      if (response.statusCode >= 300) throw new Error(`${method} ${path}: ${text}`);
      return JSON.parse(text);
    },
    /** Calls `each` with the JSON of every event, as bytes; returns how to end it. */
    async watch(path, each) {
      const response = await send('GET', path);
      let rest = Buffer.alloc(0);
      response.on('data', (chunk) => {
        const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
        let start = 0;
        for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
          each(bytes.subarray(start, end));
          start = end + 1;
        }
        rest = bytes.subarray(start);
      });
      response.on('error', () => {});
      return () => response.destroy();
    },
  };
}
