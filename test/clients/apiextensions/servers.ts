// API servers for test suites of other languages: each is started, ended and looked into by HTTP. POST /servers starts one,
// DELETE /servers/ID ends it; GET and PUT of /servers/ID/store?key=KEY are what its storage has under a key of upstream's
// layout.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encoderOf, parseObject } from '../../../src/apiserver/store/serialize.ts';
import { openMemoryStorage } from '../../../src/storage/backends/memory.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import {
  startTestApiServer,
  type TestApiServer,
  type TestApiServerOptions,
} from '../../../src/testing/api-server.ts';

/** What the body of POST /servers may have. */
type Asked = Pick<TestApiServerOptions, 'featureGates' | 'runtimeConfig' | 'disabledAdmission'>;

interface Started {
  readonly storage: Storage;
  readonly asked: Asked;
  api: TestApiServer;
}

const servers = new Map<string, Started>();

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function startOne(asked: Asked): Promise<unknown> {
  const id = `server-${servers.size + 1}`;
  const storage = openMemoryStorage();
  const api = await startTestApiServer({ ...asked, storage });
  servers.set(id, { storage, asked, api });
  return { id, url: api.url, token: 'admin-token' };
}

/** `/PREFIX/GROUP/RESOURCE/REST` as the key that is used here. */
function keyOf(upstream: string): string {
  const [, , group, resource, ...rest] = upstream.split('/');
  return `${resource}.${group}/${rest.join('/')}`;
}

/** What another program would have written while the server was not there: the server is started again around it. */
async function putRaw(server: Started, key: string, bytes: Buffer): Promise<void> {
  const port = Number(new URL(server.api.url).port);
  await server.api.server.close();
  await server.storage.put(key, encoderOf(parseObject(bytes)));
  server.api = await startTestApiServer({ ...server.asked, storage: server.storage, port });
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const url = new URL(request.url!, 'http://localhost');
  const [, , id, part] = url.pathname.split('/');
  const body = await bodyOf(request);
  if (request.method === 'POST') return startOne(JSON.parse(body.toString()) as Asked);
  const server = servers.get(id ?? '');
  if (server === undefined) throw new Error(`no server ${id}`);
  if (request.method === 'DELETE') {
    await server.api.close();
    return {};
  }
  if (part !== 'store') throw new Error(`nothing at ${url.pathname}`);
  const key = keyOf(url.searchParams.get('key') ?? '');
  if (request.method === 'PUT') {
    await putRaw(server, key, body);
    return {};
  }
  const entry = await server.storage.get(key);
  return entry ? parseObject(entry.value) : null;
}

/** Starts to listen on a free port of 127.0.0.1; resolves with the address, and with what ends everything. */
export async function serveServers(): Promise<{ url: string; close(): Promise<void> }> {
  const control = createServer((request, response) => {
    answer(request).then(
      (result) => response.end(JSON.stringify(result)),
      (error: Error) => {
        response.statusCode = 500;
        response.end(error.message);
      },
    );
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  const { port } = control.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
    },
  };
}
