// Closing a server while clients keep connections open on which they never asked anything.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { runApiServer } from '../../src/cluster/run-api-server.ts';
import { startTestApiServer } from '../../src/testing/api-server.ts';

async function endedBy(socket: Socket, close: () => Promise<void>): Promise<void> {
  const ended = once(socket, 'close');
  socket.on('error', () => undefined);
  await close();
  await ended;
  expect(socket.destroyed).toBe(true);
}

describe('a server that closes', () => {
  it('ends a connection without a request', async () => {
    const server = await startTestApiServer();
    const socket = connect({ host: '127.0.0.1', port: Number(new URL(server.url).port) });
    await once(socket, 'connect');
    await endedBy(socket, () => server.close());
  });

  it('ends a TLS connection without a request', async () => {
    const server = await runApiServer(
      {
        storage: 'memory',
        dataDirectory: '',
        certificateDirectory: '',
        bindAddress: '127.0.0.1',
        port: 0,
        kubeconfig: '',
        serviceRange: '10.96.0.0/16',
        nodePortRange: '30000-32767',
        tokenFile: '',
        clientAuthorityFile: '',
        issuer: 'https://issuer.example.com',
        extraNames: [],
        advertiseAddress: '192.0.2.7',
        disabledAdmission: [],
      },
      pino({ level: 'silent' }),
    );
    const port = Number(new URL(server.url).port);
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    await endedBy(socket, () => server.close());
  });
});
