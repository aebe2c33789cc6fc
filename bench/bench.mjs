// `npm run bench`: starts the server as a user would and measures it beside raw Node http and etcd, in one run.
// Options: --json FILE, --quick (fewer requests), --node PATH (a further Node to measure with), --verbose (progress),
// --only apiserver|cluster.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCluster } from './cluster.mjs';
import { bodyOf } from './objects.mjs';
import { measureStarts } from './starts.mjs';
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
    only: { type: 'string' },
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

/** Lists of the namespace `listed`; `whole` too where it has 10,000 pods. */
async function measureLists(server, load, whole) {
  const base = { do: 'run', ...targetOf(server), connections: 1, method: 'GET' };
  const out = {};
  const time = async (name, path, count) => {
    const { p50 } = await load.ask({ ...base, path, count });
    out[name] = p50;
    progress(`${name}: ${p50.toFixed(2)} ms`);
  };
  const all = '/api/v1/namespaces/listed/pods';
  if (whole) await time('list 10,000 pods', all, quick ? 5 : 30);
  await time('list limit=500', `${all}?limit=500`, quick ? 20 : 300);
  await time('list selector without a match', `${all}?labelSelector=app%3Dnobody`, quick ? 20 : 300);
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
    count: Math.round(10_000 * scale),
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

/** A runnable file of bench/NAME.ts. */
async function bundle(name) {
  const { build } = await import('esbuild');
  const { bundleOptions } = await import('../scripts/build.mjs');
  const outfile = join(root, '.cache', `${name}.mjs`);
  await build({ ...bundleOptions, entryPoints: [join(here, `${name}.ts`)], outfile, splitting: false });
  return outfile;
}

/** In-process start in milliseconds, the second one in a process. */
async function inProcessStart(node) {
  const { stdout } = spawnSync(node, [await bundle('in-process')], { encoding: 'utf8' });
  return Number(stdout) || undefined;
}

/** Makes objects until there are enough. */
async function fill(server, load, kind, path, first, count) {
  await load.ask({
    do: 'run',
    ...targetOf(server),
    connections: 64,
    count,
    method: 'POST',
    path,
    kind,
    first,
  });
}

/** What a server of its own holds after the writes that the real one was measured with. */
async function residentAfterWrites(node, load) {
  const server = await startKubeskiff(node, program);
  try {
    await makeNamespace(server, 'bench');
    for (const [kind, path, count] of [
      ['configmap', configmaps, 20_000],
      ['pod', pods, 14_000],
    ])
      await load.ask({
        do: 'run',
        ...targetOf(server),
        connections: 32,
        count,
        method: 'POST',
        path,
        kind,
        first: 0,
      });
    return residentMegabytes(server.pid);
  } finally {
    await server.stop();
  }
}

/** All figures of one Node. */
async function benchNode(node) {
  const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  process.stderr.write(`kubeskiff on Node ${version}\n`);
  const scale = quick ? 0.15 : 1;
  const starts = await measureStarts(() => startKubeskiff(node, program));
  const server = await startKubeskiff(node, program);
  const load = startLoad();
  const writer = startLoad();
  try {
    const figures = {
      'start to ready, ms': starts.next,
      '... the very first, ms': starts.first,
      'in-process start, ms': await inProcessStart(node),
      'idle RSS, MB': residentMegabytes(server.pid),
      ...(!quick && {
        'RSS after 20,000 configmaps and 14,000 pods, MB': await residentAfterWrites(node, load),
      }),
    };
    await makeNamespace(server, 'bench');
    await makeNamespace(server, 'listed');
    // 1,000 pods: few requests, so that there stay few objects
    await fill(server, load, 'pod', '/api/v1/namespaces/listed/pods', 0, 1000);
    const few = {
      ...(await measure(server, load, 5_000_000, 0.1 * scale)),
      ...(await measureLists(server, load, false)),
      ...(await measureWatches(server, load, writer, 6_000_000, 0.4 * scale)),
    };
    await fill(server, load, 'pod', '/api/v1/namespaces/listed/pods', 1000, 9000);
    const small = {
      ...(await measure(server, load, 0, scale)),
      ...(await measureLists(server, load, true)),
      ...(await measureWatches(server, load, writer, 1_000_000, scale)),
    };
    let large = {};
    if (!quick) {
      await fill(server, load, 'configmap', configmaps, 2_000_000, 60_000);
      large = {
        ...(await measure(server, load, 3_000_000, 0.4)),
        ...(await measureLists(server, load, true)),
        ...(await measureWatches(server, load, writer, 4_000_000, 0.4)),
      };
    }
    return { version, figures, levels: { '1,000': few, '10,000': small, '100,000': large } };
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
  const names = new Set(
    results.nodes.flatMap(({ figures, levels }) => [figures, ...Object.values(levels)].flatMap(Object.keys)),
  );
  const columns = results.nodes.flatMap(({ version, figures, levels, yardsticks }) =>
    Object.entries(levels).map(([stored, level], i) => ({
      head: `${version}, ${stored} stored`,
      values: i === 0 ? { ...figures, ...level, ...yardsticks } : level,
    })),
  );
  for (const { yardsticks } of results.nodes) for (const name of Object.keys(yardsticks)) names.add(name);
  console.log(`| | ${columns.map((c) => c.head).join(' | ')} |`);
  console.log(`|---|${columns.map(() => '---:').join('|')}|`);
  for (const name of names)
    console.log(`| ${name} | ${columns.map((c) => show(c.values[name])).join(' | ')} |`);
  const ratio = (a, b) => (a && b ? (a / b).toFixed(2) : '-');
  for (const { version, levels, yardsticks } of results.nodes) {
    const level = levels['10,000'];
    console.log(
      `\n${version}: get, 32 connections, to raw https ${ratio(level['get configmap, 32 connections'], yardsticks['raw https GET, 32 connections'])}`,
    );
    console.log(
      `${version}: create configmap, 32 connections, to etcd put ${ratio(level['create configmap, 32 connections'], yardsticks['etcd put, 32 connections'])}`,
    );
    printGrowth(version, levels);
  }
}

/** What is worse at 100,000 objects than at 1,000 by more than the figure's due. */
function printGrowth(version, levels) {
  for (const [name, few] of Object.entries(levels['1,000'])) {
    const many = levels['100,000'][name];
    if (many === undefined) continue;
    const isRate = !/^list|create to event/.test(name);
    const worse = isRate ? few / many : many / few;
    console.log(`${version}: ${name}: ${worse.toFixed(2)} times ${worse > 1.3 ? 'WORSE ' : ''}at 100,000`);
  }
}

if (!existsSync(program)) {
  const { buildProgram } = await import('../scripts/build.mjs');
  await buildProgram();
}
const nodes = [process.execPath, ...(options.node ? [options.node] : [])];
const results = { nodes: [] };
// the yardsticks on each Node, right before the server on it: side by side in one run
if (!options.only || options.only === 'apiserver')
  for (const node of nodes) {
    const beside = await yardsticks(node);
    results.nodes.push({ ...(await benchNode(node)), yardsticks: beside });
  }

if (results.nodes.length > 0) printTable(results);
if (!options.only || options.only === 'cluster') {
  results.clusters = [];
  for (const node of nodes) {
    const version = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
    process.stderr.write(`kubeskiff up on Node ${version}\n`);
    results.clusters.push({
      version,
      figures: await benchCluster(node, program, { quick, progress, bundle }),
    });
  }
  console.log(`\n| | ${results.clusters.map((c) => c.version).join(' | ')} |`);
  console.log(`|---|${results.clusters.map(() => '---:').join('|')}|`);
  for (const name of Object.keys(results.clusters[0].figures))
    console.log(`| ${name} | ${results.clusters.map((c) => show(c.figures[name])).join(' | ')} |`);
}
const file = options.json;
if (file) writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
process.exit(0);
