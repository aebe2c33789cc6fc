// The second half of the bench: a whole cluster as `kubeskiff up` starts it. Times in milliseconds, memory in MB.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureStarts } from './starts.mjs';
import { residentMegabytes, waitFor } from './subjects.mjs';

/** Starts `up` on an empty directory; resolves when it says that it is ready. */
async function startUp(node, program, nodes) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-up-'));
  const started = performance.now();
  const args = [program, 'up', '--data-dir', folder, '--port', '0', '--nodes', String(nodes)];
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [, url] = await waitFor(child, /ready at (https:\/\/127\.0\.0\.1:\d+)/);
  const readyMs = performance.now() - started;
  const pick = (name) => readFileSync(join(folder, 'pki', name), 'utf8');
  const tls = { ca: pick('ca.crt'), cert: pick('admin.crt'), key: pick('admin.key') };
  return {
    pid: child.pid,
    readyMs,
    client: clientOf(url, tls),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await new Promise((resolve) => child.once('exit', resolve));
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function clientOf(url, tls) {
  const send = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body && JSON.stringify(body);
      const headers = text && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      };
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

const pods = '/api/v1/namespaces/default/pods';
const deployments = '/apis/apps/v1/namespaces/default/deployments';

function deployment(name, replicas) {
  const labels = { app: name };
  const spec = { containers: [{ name: 'c', image: 'nginx' }], terminationGracePeriodSeconds: 1 };
  return {
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  };
}

const single = (name) => ({
  metadata: { name, labels: { app: 'single' } },
  spec: { containers: [{ name: 'c', image: 'nginx' }], terminationGracePeriodSeconds: 0 },
});

const nameMark = Buffer.from('"metadata":{"name":"');
const runningMark = Buffer.from('"phase":"Running"');
const deletedMark = Buffer.from('{"type":"DELETED"');

/** What an event says of a pod. It is not parsed: whoever measures uses the cores that he measures. */
function podOfEvent(event) {
  const start = event.indexOf(nameMark) + nameMark.length;
  if (start < nameMark.length) throw new Error(`no pod: ${event}`);
  const name = event.toString('latin1', start, event.indexOf('"', start));
  const gone = event.subarray(0, deletedMark.length).equals(deletedMark);
  return { name, gone, runs: !gone && event.includes(runningMark) };
}

/** Follows pods: how many run, and when each single one did. */
async function follow(client) {
  const running = new Set();
  const waiters = [];
  const seenAt = new Map();
  const stop = await client.watch(`${pods}?watch=1`, (event) => {
    const { name, gone, runs } = podOfEvent(event);
    if (runs && !seenAt.has(name)) seenAt.set(name, performance.now());
    if (runs) running.add(name);
    else if (gone) running.delete(name);
    for (const w of [...waiters]) if (w.met()) waiters.splice(waiters.indexOf(w), 1)[0].resolve();
  });
  const until = (met) =>
    met() ? Promise.resolve() : new Promise((resolve) => waiters.push({ met, resolve }));
  return { running, seenAt, until, stop };
}

const percentile = (values, p) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))];

/** A deployment of so many pods on so many nodes, with single pods made while it grows. */
async function measureDeployment(node, program, count, nodes, progress) {
  const up = await startUp(node, program, nodes);
  const out = {};
  const name = `${count.toLocaleString('en')} pods`;
  try {
    const followed = await follow(up.client);
    const latencies = [];
    const started = performance.now();
    await up.client.call('POST', deployments, deployment('big', count));
    let growing = true;
    const probing = (async () => {
      for (let i = 0; growing; i++) {
        const made = performance.now();
        await up.client.call('POST', pods, single(`single-${i}`));
        await followed.until(() => followed.seenAt.has(`single-${i}`));
        latencies.push(followed.seenAt.get(`single-${i}`) - made);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    const isBig = (n) => n.startsWith('big-');
    await followed.until(
      () => followed.running.size >= count && [...followed.running].filter(isBig).length >= count,
    );
    out[`${name}: create to all Running, ms`] = performance.now() - started;
    out[`${name}: pods/s`] = count / ((performance.now() - started) / 1000);
    growing = false;
    await probing;
    out[`${name}: one pod meanwhile, p99 ms`] = percentile(latencies, 0.99);
    progress(`${name} Running after ${Math.round(out[`${name}: create to all Running, ms`])} ms`);
    out[`${name}: RSS, MB`] = residentMegabytes(up.pid);
    const removing = performance.now();
    await up.client.call('DELETE', `${deployments}/big`, { propagationPolicy: 'Background' });
    await followed.until(() => ![...followed.running].some(isBig));
    out[`${name}: delete to all gone, ms`] = performance.now() - removing;
    progress(`${name} gone after ${Math.round(out[`${name}: delete to all gone, ms`])} ms`);
    followed.stop();
  } finally {
    await up.stop();
  }
  return out;
}

function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Start, memory and idle CPU of a cluster with one node, and single pods in it. */
async function measureIdle(node, program, idleSeconds, progress) {
  const starts = await measureStarts(() => startUp(node, program, 1));
  const up = await startUp(node, program, 1);
  try {
    const out = { 'up to ready, ms': starts.next, '... the very first, ms': starts.first };
    progress(`up ready after ${Math.round(starts.next)} ms`);
    const followed = await follow(up.client);
    const times = [];
    for (let i = 0; i < 20; i++) {
      const made = performance.now();
      await up.client.call('POST', pods, single(`single-${i}`));
      await followed.until(() => followed.seenAt.has(`single-${i}`));
      times.push(followed.seenAt.get(`single-${i}`) - made);
    }
    out['one pod, create to Running, p50 ms'] = percentile(times, 0.5);
    out['one pod, create to Running, max ms'] = percentile(times, 1);
    followed.stop();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    // at first V8 still collects what start and pods have left
    for (const name of ['CPU at first, % of a core', 'idle CPU, % of a core']) {
      const before = cpuSeconds(up.pid);
      await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
      out[name] = ((cpuSeconds(up.pid) - before) / idleSeconds) * 100;
    }
    out['idle RSS of everything, MB'] = residentMegabytes(up.pid);
    return out;
  } finally {
    await up.stop();
  }
}

/** A cluster inside a process, the later ones, and a pod in it. */
async function measureInProcess(node, bundle) {
  const { stdout } = spawnSync(node, [await bundle('in-process-cluster')], { encoding: 'utf8' });
  const [start, pod] = stdout.trim().split('\n').at(-1).split(' ').map(Number);
  return { 'in-process cluster start, ms': start, 'in-process, create to Running, ms': pod };
}

/** All figures of a cluster on one Node. `bundle(name)` gives a runnable file of bench/NAME.ts. */
export async function benchCluster(node, program, { quick, progress, bundle }) {
  return {
    ...(await measureIdle(node, program, quick ? 5 : 30, progress)),
    ...(await measureInProcess(node, bundle)),
    ...(await measureDeployment(node, program, 1000, 20, progress)),
    ...(quick ? {} : await measureDeployment(node, program, 10_000, 100, progress)),
  };
}
