// `npm run bench`: starts the server as a user would and measures it beside raw Node http and etcd, in one run.
// Options: --json FILE, --quick (fewer requests), --node PATH (a further Node to measure with), --verbose (progress).
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bodyOf } from './objects.mjs';
import { residentMegabytes, startEtcd, startKubeskiff, startRawHttp } from './subjects.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..');
const program = join(root, 'dist', 'main.js');
const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    node: { type: 'string' },
    quick: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
const { quick } = options;

/** A load generator process; `ask` sends a task and resolves with the result. */
function startLoad() {
  const child = spawn(process.execPath, [join(here, 'load.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value } = await lines.next();
    const result = JSON.parse(value);
    if (result.error) throw new Error(result.error);
    return result;
  };
  return {
    send: (task) => child.stdin.write(`${JSON.stringify(task)}\n`),
    read,
    async ask(task) {
      this.send(task);
      return read();
    },
    stop: () => child.stdin.end(),
  };
}

const targetOf = ({ port, token, tls }) => ({ port, token, tls });
const pods = '/api/v1/namespaces/bench/pods';
const configmaps = '/api/v1/namespaces/bench/configmaps';

/** Everything that is measured of one server at one fill level; `first`: numbers from here on are unused names. */
async function measure(server, load, first, scale) {
  const base = targetOf(server);
  const out = {};
  const rate = async (name, task) => {
    const { perSecond, failed } = await load.ask({ do: 'run', ...base, ...task });
    if (failed > 0) throw new Error(`${name}: ${failed} requests failed`);
    out[name] = perSecond;
    progress(`${name}: ${Math.round(perSecond)}/s`);
  };
  const n = (full) => Math.round(full * scale);
  await rate('create configmap, 1 connection', {
    connections: 1,
    count: n(3000),
    method: 'POST',
    path: configmaps,
    kind: 'configmap',
    first,
  });
  await rate('create configmap, 32 connections', {
    connections: 32,
    count: n(20000),
    method: 'POST',
    path: configmaps,
    kind: 'configmap',
    first: first + 100_000,
  });
  await rate('create pod, 1 connection', {
    connections: 1,
    count: n(2000),
    method: 'POST',
    path: pods,
    kind: 'pod',
    first,
  });
  await rate('create pod, 32 connections', {
    connections: 32,
    count: n(14000),
    method: 'POST',
    path: pods,
    kind: 'pod',
    first: first + 100_000,
  });
  await rate('get configmap, 1 connection', {
    connections: 1,
    count: n(10000),
    method: 'GET',
    path: `${configmaps}/configmap-${first}`,
  });
  await rate('get configmap, 32 connections', {
    connections: 32,
    count: n(60000),
    method: 'GET',
    path: `${configmaps}/configmap-${first}`,
  });
  const patch = { method: 'PATCH', contentType: 'application/merge-patch+json' };
  let turn = 0;
  const body = () => JSON.stringify({ metadata: { annotations: { turn: String(turn++) } } });
  await rate('patch configmap, 1 connection', {
    ...patch,
    connections: 1,
    count: n(2000),
    path: `${configmaps}/configmap-{i}`,
    kind: 'configmap',
    first,
    body: body(),
  });
  await rate('patch configmap, 32 connections', {
    ...patch,
    connections: 32,
    count: n(15000),
    path: `${configmaps}/configmap-{i}`,
    kind: 'configmap',
    first: first + 100_000,
    body: body(),
  });
  return out;
}

async function measureLists(server, load) {
  const base = { do: 'run', ...targetOf(server), connections: 1, method: 'GET' };
  const out = {};
  const time = async (name, path, count) => {
    const { p50 } = await load.ask({ ...base, path, count });
    out[name] = p50;
    progress(`${name}: ${p50.toFixed(2)} ms`);
  };
  const all = '/api/v1/namespaces/listed/pods';
  await time('list 10,000 pods', all, 10);
  await time('list limit=500', `${all}?limit=500`, 50);
  await time('list selector without a match', `${all}?labelSelector=app%3Dnobody`, 50);
  return out;
}

async function measureWatches(server, load, writer, first, scale) {
  const base = targetOf(server);
  const watchers = 200;
  const count = Math.round(2500 * scale);
  load.send({
    do: 'watch',
    ...base,
    path: `${configmaps}?watch=1&resourceVersion=${await currentVersion(server)}`,
    watchers,
    expected: watchers * count,
  });
  await load.read();
  await writer.ask({
    do: 'run',
    ...base,
    connections: 32,
    count,
    method: 'POST',
    path: configmaps,
    kind: 'configmap',
    first,
  });
  const { perSecond } = await load.read();
  progress(`watch deliveries to ${watchers} watchers: ${Math.round(perSecond)}/s`);
  const task = {
    do: 'latency',
    ...base,
    connections: 16,
    rate: 1000,
    count: Math.round(4000 * scale),
    path: configmaps,
    watchPath: `${configmaps}?watch=1&resourceVersion=${await currentVersion(server)}`,
    kind: 'configmap',
    first: first + 50_000,
  };
  const { p50, p99 } = await writer.ask(task);
  progress(`create to event at 1,000/s: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
  return {
    'watch deliveries, 200 watchers': perSecond,
    'create to event p50': p50,
    'create to event p99': p99,
  };
}

async function currentVersion(server) {
  const list = await call(server, 'GET', `${configmaps}?limit=1`);
  return list.metadata.resourceVersion;
}

let helper;
async function call(server, method, path, body) {
  const { openConnection, requestBytes } = await import('./http-connection.mjs');
  if (helper?.port !== server.port)
    helper = { port: server.port, connection: await openConnection(targetOf(server)) };
  const answer = await helper.connection.request(
    requestBytes(method, path, server.token, body && JSON.stringify(body)),
  );
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
  return JSON.parse(answer.body);
}

async function makeNamespace(server, name) {
  await call(server, 'POST', '/api/v1/namespaces', { metadata: { name } });
  await call(server, 'POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
}

function progress(text) {
  if (process.stderr.isTTY || options.verbose) process.stderr.write(`  ${text}\n`);
}

/** In-process start in milliseconds, the second one in a process. */
async function inProcessStart(node) {
  const { build } = await import('esbuild');
  const { bundleOptions } = await import('../scripts/build.mjs');
  const outfile = join(root, '.cache', 'in-process.mjs');
  await build({ ...bundleOptions, entryPoints: [join(here, 'in-process.ts')], outfile, splitting: false });
  const { stdout } = spawnSync(node, [outfile], { encoding: 'utf8' });
  return Number(stdout) || undefined;
}

/** All figures of one Node. */
async function benchNode(node) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  process.stderr.write(`kubeskiff on Node ${version}\n`);
  const scale = quick ? 0.15 : 1;
  const server = await startKubeskiff(node, program);
  const load = startLoad();
  const writer = startLoad();
  try {
    const figures = {
      'start to ready, ms': server.readyMs,
      'in-process start, ms': await inProcessStart(node),
      'idle RSS, MB': residentMegabytes(server.pid),
    };
    await makeNamespace(server, 'bench');
    await makeNamespace(server, 'listed');
    await load.ask({
      do: 'run',
      ...targetOf(server),
      connections: 32,
      count: 10_000,
      method: 'POST',
      path: '/api/v1/namespaces/listed/pods',
      kind: 'pod',
      first: 0,
    });
    const small = {
      ...(await measure(server, load, 0, scale)),
      ...(await measureLists(server, load)),
      ...(await measureWatches(server, load, writer, 1_000_000, scale)),
    };
    figures['RSS after load, MB'] = residentMegabytes(server.pid);
    let large = {};
    if (!quick) {
      await load.ask({
        do: 'run',
        ...targetOf(server),
        connections: 64,
        count: 60_000,
        method: 'POST',
        path: configmaps,
        kind: 'configmap',
        first: 2_000_000,
      });
      large = {
        ...(await measure(server, load, 3_000_000, 0.4)),
        ...(await measureLists(server, load)),
        ...(await measureWatches(server, load, writer, 4_000_000, 0.4)),
      };
    }
    return { version, figures, small, large };
  } finally {
    load.stop();
    writer.stop();
    await server.stop();
  }
}

/** Raw http and etcd beside it. */
async function yardsticks(node) {
  const out = {};
  const load = startLoad();
  const raw = await startRawHttp(node, bodyOf('configmap', 1));
  if (raw) {
    for (const connections of [1, 32]) {
      const { perSecond } = await load.ask({
        do: 'run',
        ...targetOf(raw),
        connections,
        count: connections * 2000,
        method: 'GET',
        path: '/',
      });
      out[`raw https GET, ${connections} connection${connections > 1 ? 's' : ''}`] = perSecond;
    }
    await raw.stop();
  }
  const etcd = await startEtcd();
  if (etcd) {
    const key = Buffer.from('key').toString('base64');
    const put = JSON.stringify({ key, value: Buffer.from(bodyOf('configmap', 1)).toString('base64') });
    for (const connections of [1, 32]) {
      const suffix = `${connections} connection${connections > 1 ? 's' : ''}`;
      const base = { do: 'run', ...targetOf(etcd), connections, count: quick ? 500 : 3000, method: 'POST' };
      out[`etcd put, ${suffix}`] = (await load.ask({ ...base, path: '/v3/kv/put', body: put })).perSecond;
      out[`etcd range, ${suffix}`] = (
        await load.ask({ ...base, path: '/v3/kv/range', body: JSON.stringify({ key }) })
      ).perSecond;
    }
    await etcd.stop();
  }
  load.stop();
  return out;
}

function show(value) {
  if (value === undefined) return '-';
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}

function printTable(results) {
  const names = Object.keys({ ...results.nodes[0].figures, ...results.nodes[0].small });
  const heads = results.nodes.flatMap(({ version, large }) => [
    version,
    ...(Object.keys(large).length > 0 ? [`${version}, 100,000 stored`] : []),
  ]);
  console.log(`| | ${heads.join(' | ')} |`);
  console.log(`|---|${heads.map(() => '---:').join('|')}|`);
  for (const name of names) {
    const cells = results.nodes.flatMap(({ figures, small, large }) => [
      show({ ...figures, ...small }[name]),
      ...(Object.keys(large).length > 0 ? [show(large[name])] : []),
    ]);
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
  for (const [name, value] of Object.entries(results.yardsticks))
    console.log(`| yardstick: ${name} | ${show(value)} |`);
  const { small } = results.nodes[0];
  const ratio = (a, b) => (a && b ? (a / b).toFixed(2) : '-');
  console.log(
    `\nget, 32 connections, to raw https: ${ratio(small['get configmap, 32 connections'], results.yardsticks['raw https GET, 32 connections'])}`,
  );
  console.log(
    `create configmap, 32 connections, to etcd put: ${ratio(small['create configmap, 32 connections'], results.yardsticks['etcd put, 32 connections'])}`,
  );
}

if (!existsSync(program)) {
  const { buildProgram } = await import('../scripts/build.mjs');
  await buildProgram();
}
const nodes = [process.execPath, ...(options.node ? [options.node] : [])];
const results = { nodes: [], yardsticks: await yardsticks(process.execPath) };
for (const node of nodes) results.nodes.push(await benchNode(node));
printTable(results);
const file = options.json;
if (file) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
