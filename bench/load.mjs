// A load generator in its own process: reads one JSON task a line, answers one JSON result a line.

import { get as httpGet } from 'node:http';
import { get as httpsGet } from 'node:https';
import { createInterface } from 'node:readline';
import { openConnection, requestBytes } from './http-connection.mjs';
import { bodyOf } from './objects.mjs';

const connections = new Map();

async function pool(task) {
  const key = `${task.port}/${task.connections}`;
  if (!connections.has(key))
    connections.set(
      key,
      await Promise.all(Array.from({ length: task.connections }, () => openConnection(task))),
    );
  return connections.get(key);
}

/** Requests per second for `count` requests over all connections; latencies in milliseconds. */
async function run(task) {
  const open = await pool(task);
  let next = 0;
  let failed = 0;
  const latencies = new Float64Array(task.count);
  const fixed =
    task.kind === undefined
      ? requestBytes(task.method, task.path, task.token, task.body, task.contentType)
      : undefined;
  const started = performance.now();
  await Promise.all(
    open.map(async (connection) => {
      for (;;) {
        const i = next++;
        if (i >= task.count) return;
        const bytes =
          fixed ??
          requestBytes(
            task.method,
            task.path.replace('{i}', task.first + i),
            task.token,
            task.body ?? bodyOf(task.kind, task.first + i),
            task.contentType,
          );
        const begun = performance.now();
        const { status, body } = await connection.request(bytes);
        latencies[i] = performance.now() - begun;
        if (status >= 300 && failed++ === 0)
          process.stderr.write(`${status} ${body.toString('utf8', 0, 300)}\n`);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  latencies.sort();
  return {
    perSecond: task.count / seconds,
    p50: latencies[Math.floor(task.count * 0.5)],
    p99: latencies[Math.floor(task.count * 0.99)],
    failed,
  };
}

/** Opens watches and counts the events that they deliver until `expected` have come; resolves when all are open. */
async function watch(task) {
  const get = task.tls ? httpsGet : httpGet;
  const options = {
    host: '127.0.0.1',
    port: task.port,
    path: task.path,
    headers: { authorization: `Bearer ${task.token}` },
    agent: false,
    ...(task.tls ?? {}),
  };
  let events = 0;
  let started = 0;
  let finish;
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  const requests = [];
  const newline = 0x0a;
  await Promise.all(
    Array.from(
      { length: task.watchers },
      () =>
        new Promise((resolve, reject) => {
          const request = get(options, (response) => {
            if (response.statusCode !== 200) reject(new Error(`watch: ${response.statusCode}`));
            response.on('data', (chunk) => {
              if (started === 0) started = performance.now();
              for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) events++;
              if (events >= task.expected) finish();
            });
            resolve();
          });
          request.on('error', (error) => (finished.done ? undefined : reject(error)));
          requests.push(request);
        }),
    ),
  );
  process.stdout.write(`${JSON.stringify({ open: true })}\n`);
  await finished;
  const seconds = (performance.now() - started) / 1000;
  finished.done = true;
  for (const request of requests) request.destroy();
  return { perSecond: events / seconds, events };
}

/**
 * Creates at a steady pace and measures the time from sending to the event on a watch in this same process, which therefore does
 * little meanwhile: requests are made before, events are searched and not parsed.
 */
async function latency(task) {
  const get = task.tls ? httpsGet : httpGet;
  const sent = new Float64Array(task.count);
  const times = new Float64Array(task.count);
  let seen = 0;
  const response = await new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port: task.port,
      path: task.watchPath,
      headers: { authorization: `Bearer ${task.token}` },
      agent: false,
      ...(task.tls ?? {}),
    };
    get(options, resolve).on('error', reject);
  });
  const mark = Buffer.from(`"name":"${task.kind}-`);
  const longest = mark.length + 20;
  let rest = Buffer.alloc(0);
  const done = new Promise((resolve) => {
    response.on('data', (chunk) => {
      const now = performance.now();
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let read = 0;
      for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, read)) {
        // the name may go on in the next chunk
        if (at + longest > bytes.length) break;
        let i = 0;
        read = at + mark.length;
        for (; bytes[read] !== 0x22; read++) i = i * 10 + bytes[read] - 0x30;
        i -= task.first;
        if (!sent[i]) continue;
        times[seen++] = now - sent[i];
        sent[i] = 0;
      }
      rest = Buffer.from(bytes.subarray(Math.max(read, bytes.length - longest)));
      if (seen === task.count) resolve();
    });
  });
  const open = await pool({ ...task, connections: task.connections });
  const requests = Array.from({ length: task.count }, (_, i) =>
    requestBytes('POST', task.path, task.token, bodyOf(task.kind, task.first + i)),
  );
  const interval = 1000 / task.rate;
  const begun = performance.now();
  let next = 0;
  await Promise.all(
    open.map(async (connection) => {
      for (;;) {
        const i = next++;
        if (i >= task.count) return;
        const wait = begun + i * interval - performance.now();
        if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait));
        sent[i] = performance.now();
        await connection.request(requests[i]);
      }
    }),
  );
  await done;
  response.destroy();
  times.sort();
  return { p50: times[Math.floor(times.length * 0.5)], p99: times[Math.floor(times.length * 0.99)] };
}

const tasks = { run, watch, latency };
for await (const line of createInterface({ input: process.stdin })) {
  const task = JSON.parse(line);
  try {
    process.stdout.write(`${JSON.stringify(await tasks[task.do](task))}\n`);
  } catch (error) {
    process.stdout.write(`${JSON.stringify({ error: String(error?.stack ?? error) })}\n`);
  }
}
process.exit(0);
