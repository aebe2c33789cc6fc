// Requests of one connection that do not wait for the answers before them, as the parts of `up` send them.
import type { AddressInfo, Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/api/clock.ts';
import { createHttpServer } from '../../src/apiserver/http-server.ts';
import { createAuthority, issueCertificate } from '../../src/cluster/pki.ts';

let server: FastifyInstance;
/** PEM. */
let authority: string;
let socket: TLSSocket;
let received = '';
/** Paths and lengths of bodies, as requests came. */
let requests: string[] = [];
/** Answers what was asked first. */
let answerFirst = (): void => {};

beforeEach(async () => {
  received = '';
  requests = [];
  const signer = await createAuthority('authority', systemClock);
  authority = signer.certificate;
  const tls = await issueCertificate(signer, { commonName: 'test' }, { server: ['127.0.0.1'] }, systemClock);
  const answer = Buffer.alloc(4_000, 'x');
  server = createHttpServer(
    { clock: systemClock, tls: { ...tls, clientAuthorities: [] } },
    async (request, response, body) => {
      const send = (): void => {
        response.writeHead(200, { 'Content-Length': answer.length });
        response.end(answer);
      };
      if (request.url !== '/other') requests.push(`${request.url} ${body.length}`);
      if (request.url === '/0') answerFirst = send;
      else send();
    },
  );
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  socket = connect({ host: '127.0.0.1', port, ca: authority });
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
  });
});
afterEach(async () => {
  socket.destroy();
  await server.close();
});

/** A connection of its own whose only request is answered, and then ended. */
function connectTo({ server }: FastifyInstance): Socket {
  const other = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca: authority });
  other.end('GET /other HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n');
  return other.resume();
}

const statuses = (): string[] => [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, code]) => code!);
const body = 'y'.repeat(1_000);

/** Heads and bodies in records of their own, so that reading may end between them. */
function post(count: number): string[] {
  const paths = Array.from({ length: count }, (_, i) => `/${i}`);
  for (const path of paths) {
    socket.write(
      `POST ${path} HTTP/1.1\r\nHost: k\r\nContent-Type: a/b\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
  }
  return paths.map((path) => `${path} ${body.length}`);
}

it('are read and worked on while the answer to the first keeps those of the others waiting', async () => {
  const sent = post(32);
  await expect.poll(() => requests).toEqual(sent);
  expect(received).toBe('');
  answerFirst();
  await expect.poll(statuses).toEqual(sent.map(() => '200'));
});

it('are no longer read where very many answers wait', async () => {
  const sent = post(1_000);
  await expect.poll(() => requests.length).toBeGreaterThanOrEqual(64);
  // when others have been answered, what was to be read has been read
  for (let i = 0; i < 10; i++) await new Promise((resolve) => connectTo(server).once('close', resolve));
  expect(requests.length).toBeLessThan(200);
  expect(requests).toEqual(sent.slice(0, requests.length));
});
