// Logs over the agent's HTTPS side, as the API server asks for them.
import { request } from 'node:https';
import { expect, test } from 'vitest';
import type { Pod } from '#types/core_v1';
import { systemClock } from '../../src/api/clock.ts';
import { createAuthority, issueCertificate, type KeyPair } from '../../src/cluster/pki.ts';
import { until } from '../harness/control-plane.ts';
import { container, type NodeSession, shell, startNodeSession } from './node-session.ts';

interface Answer {
  readonly status: number;
  readonly text: string;
}

const authority = await createAuthority('test', systemClock);
const serving = await issueCertificate(
  authority,
  { commonName: 'n1' },
  { server: ['127.0.0.1'] },
  systemClock,
);
const asking = await issueCertificate(authority, { commonName: 'kube-apiserver' }, 'client', systemClock);

const server = {
  host: '127.0.0.1',
  port: 0,
  certificate: serving.certificate,
  key: serving.key,
  clientAuthorities: authority.certificate,
};

async function get(
  session: NodeSession,
  path: string,
  { pair = asking as KeyPair | null, each = (_: string): void => {} } = {},
): Promise<Answer> {
  const node = await session.node('n1');
  return new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: node.status.daemonEndpoints!.kubeletEndpoint!.Port,
      path,
      ca: authority.certificate,
      ...(pair && { cert: pair.certificate, key: pair.key }),
      agent: false as const,
    };
    request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        each(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
      response.on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}

const runs = (p: Pod): boolean => p.status.phase === 'Running';

test('logs: whole, tail, times, bytes, since', async () => {
  await using session = await startNodeSession({ server });
  await session.run('web', {
    containers: [shell('c', 'echo one; echo two; sleep 10; echo three; sleep 3600')],
  });
  await session.podUntil('web', 'runs', runs);
  session.clock.advance(20_000);
  const log = async (query = ''): Promise<string> =>
    (await get(session, `/containerLogs/default/web/c${query}`)).text;
  expect(await log()).toBe('one\ntwo\nthree\n');
  expect(await log('?tailLines=2')).toBe('two\nthree\n');
  expect(await log('?tailLines=0')).toBe('');
  expect(await log('?limitBytes=5')).toBe('one\nt');
  expect(await log('?sinceSeconds=15')).toBe('three\n');
  expect(await log('?timestamps=true&tailLines=1')).toBe('2026-01-01T00:00:10.000000000Z three\n');
  expect(await log('?sinceTime=2026-01-01T00:00:05Z')).toBe('three\n');
});

test('a log that is followed comes line by line, and ends with its container', async () => {
  await using session = await startNodeSession({ server });
  await session.run('job', {
    restartPolicy: 'Never',
    containers: [shell('c', 'echo one; sleep 5; echo two; sleep 5; exit 0')],
  });
  await session.podUntil('job', 'runs', runs);
  const seen: string[] = [];
  const each = (chunk: string): void => void seen.push(chunk);
  const followed = get(session, '/containerLogs/default/job/c?follow=true', { each });
  await until('the first line is there', () => seen.join('') === 'one\n');
  await until('the second line is there', () => seen.join('') === 'one\ntwo\n', {
    clock: session.clock,
    stepMs: 1000,
  });
  await session.podUntil('job', 'ends', (p) => p.status.phase === 'Succeeded', 1000);
  expect(await followed).toEqual({ status: 200, text: 'one\ntwo\n' });
});

test('the log of the container before', async () => {
  await using session = await startNodeSession({ server });
  await session.run('loop', { containers: [shell('c', 'echo here; sleep 1; exit 1')] });
  const path = '/containerLogs/default/loop/c?previous=true&timestamps=true';
  await session.podUntil('loop', 'runs', runs);
  expect(await get(session, path)).toEqual({
    status: 400,
    text: 'previous terminated container "c" in pod "loop" not found',
  });
  await session.podUntil(
    'loop',
    'was restarted',
    (p) => p.status.containerStatuses![0]!.restartCount === 1,
    100,
  );
  await session.podUntil(
    'loop',
    'backs off',
    (p) => p.status.containerStatuses![0]!.state.waiting !== undefined,
    100,
  );
  expect((await get(session, path)).text).toMatch(/^2026-01-01T00:00:0\d\.\d{9}Z here\n$/);
});

test('what can’t be read is refused with upstream’s texts', async () => {
  await using session = await startNodeSession({ server });
  await session.run('img', { containers: [container('c', 'nginx:bad')] });
  await session.podUntil('img', 'waits', (p) => p.status.containerStatuses !== undefined);
  const answer = (path: string): Promise<Answer> => get(session, path);
  await session.podUntil(
    'img',
    'backs off',
    (p) => p.status.containerStatuses![0]!.state.waiting!.reason === 'ImagePullBackOff',
    200,
  );
  expect(await answer('/containerLogs/default/img/c')).toEqual({
    status: 400,
    text: 'container "c" in pod "img" is waiting to start: trying and failing to pull image',
  });
  expect(await answer('/containerLogs/default/img/x')).toEqual({
    status: 404,
    text: 'container "x" not found in pod "img"',
  });
  expect(await answer('/containerLogs/default/none/x')).toEqual({
    status: 404,
    text: 'pod "none" does not exist',
  });
  expect((await answer('/containerLogs/default/img/c?tailLines=-1')).status).toBe(422);
  expect((await answer('/containerLogs/default/img/c?tailLines=many')).status).toBe(400);
  expect((await answer('/nothing')).status).toBe(404);
});

test('only those with a certificate of the cluster may ask', async () => {
  await using session = await startNodeSession({ server });
  await session.run('web', { containers: [container('c')] });
  await session.podUntil('web', 'runs', runs);
  const other = await createAuthority('other', systemClock);
  const stranger = await issueCertificate(other, { commonName: 'kube-apiserver' }, 'client', systemClock);
  expect(await get(session, '/healthz', { pair: null })).toEqual({ status: 200, text: 'ok' });
  expect((await get(session, '/pods', { pair: null })).status).toBe(401);
  expect((await get(session, '/containerLogs/default/web/c', { pair: stranger })).status).toBe(401);
  const list = JSON.parse((await get(session, '/pods')).text) as { items: Pod[] };
  expect(list.items.map((p) => p.metadata.name)).toEqual(['web']);
});

test('after a restart the log of a pod that had ended can be read', async () => {
  await using session = await startNodeSession({ server });
  await session.run('job', { restartPolicy: 'Never', containers: [shell('c', 'echo done; sleep 1')] });
  await session.podUntil('job', 'ends', (p) => p.status.phase === 'Succeeded', 200);
  await session.restart();
  await session.run('web', { containers: [container('c')] });
  await session.podUntil('web', 'runs', runs);
  expect(await get(session, '/containerLogs/default/job/c')).toEqual({ status: 200, text: 'done\n' });
});
