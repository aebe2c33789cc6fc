// API servers for the integration tests of Kubernetes, each under the flags that its test gives: POST /servers starts one, those
// of one store on one storage; DELETE /servers/ID ends it; PUT of /servers/ID/store writes what a cluster of old has stored.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { encoderOf, parseObject } from '../../../src/apiserver/store/serialize.ts';
import { kubeApiServerSettings } from '../../../src/cli/commands/kube-apiserver.ts';
import { createLogger } from '../../../src/cluster/logger.ts';
import { type RunningApiServer, runApiServer } from '../../../src/cluster/run-api-server.ts';
import { openMemoryStorage } from '../../../src/storage/backends/memory.ts';
import type { Storage } from '../../../src/storage/storage.ts';

interface Started {
  readonly server: RunningApiServer;
  readonly storage: Storage;
}

const servers = new Map<string, Started>();
const storages = new Map<string, Storage>();
const log = createLogger(0);
let started = 0;

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function start({ flags, store }: { flags: string[]; store?: string }): Promise<unknown> {
  const id = `server-${++started}`;
  const name = store || id;
  const storage = storages.get(name) ?? openMemoryStorage();
  const server = await runApiServer({ ...kubeApiServerSettings(flags), storage }, log);
  storages.set(name, storage);
  servers.set(id, { server, storage });
  return { id, url: server.url, authority: server.authority };
}

/** `/PREFIX/RESOURCE/REST`, or with a group before the resource. Versions that are given up have the shape of the stored one. */
async function put({ storage }: Started, { key, value }: { key: string; value: string }): Promise<unknown> {
  const object = parseObject(Buffer.from(value));
  const group = object.apiVersion!.split('/')[0]!;
  const path = key.split('/').slice(key.includes(`/${group}/`) ? 3 : 2);
  object.apiVersion = `${group}/v1`;
  await storage.put(`${path[0]}.${group}/${path.slice(1).join('/')}`, encoderOf(object));
  return {};
}

async function answer(request: IncomingMessage): Promise<unknown> {
  const body = await bodyOf(request);
  const id = request.url!.split('/')[2] ?? '';
  if (request.method === 'POST') return start(JSON.parse(body) as { flags: string[]; store?: string });
  const started = servers.get(id);
  if (started === undefined) throw new Error(`no server ${id}`);
  if (request.method === 'PUT') return put(started, JSON.parse(body) as { key: string; value: string });
  servers.delete(id);
  await started.server.close();
  return {};
}

/** Starts to listen on a free port of 127.0.0.1; resolves with the address, and with what ends everything. */
export async function serveServers(port = 0): Promise<{ url: string; close(): Promise<void> }> {
  const control = createServer((request, response) => {
    answer(request).then(
      (result) => response.end(JSON.stringify(result)),
      (error: Error) => {
        response.statusCode = 500;
        response.end(error.message);
      },
    );
  });
  await new Promise<void>((resolve) => control.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(control.address() as AddressInfo).port}`,
    async close() {
      control.closeAllConnections();
      await new Promise((resolve) => control.close(resolve));
    },
  };
}
