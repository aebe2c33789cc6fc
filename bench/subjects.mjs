// What is measured: the server under test and the yardsticks beside it, each started on free ports of 127.0.0.1.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const token = 'bench-token';

/** A port that nobody listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Resolves with the match when a child prints it; rejects when it ends before. */
export function waitFor(child, text, timeoutMs = 60_000) {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`not ready: ${output}`)), timeoutMs);
    const take = (chunk) => {
      output += chunk;
      const match = text.exec(output);
      if (match) {
        clearTimeout(timer);
        resolve(match);
      }
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`ended with ${code}: ${output}`)));
  });
}

/** Memory of a process in MB; Linux only. */
export function residentMegabytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024;
}

function stopper(child, folder) {
  return async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
    }
    rmSync(folder, { recursive: true, force: true });
  };
}

/** kubeskiff as a user starts it: TLS, LevelDB with fsync. */
export async function startKubeskiff(node, program) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-bench-'));
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, `${token},bench,bench,"system:masters"\n`);
  const started = performance.now();
  const args = [
    program,
    'apiserver',
    '--data-dir',
    folder,
    '--secure-port',
    '0',
    '--token-auth-file',
    tokens,
  ];
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [, port] = await waitFor(child, /ready at https:\/\/127\.0\.0\.1:(\d+)/);
  const readyMs = performance.now() - started;
  return {
    port: Number(port),
    pid: child.pid,
    token,
    tls: { rejectUnauthorized: false },
    readyMs,
    stop: stopper(child, folder),
  };
}

/** Node's own http server that answers a GET with given bytes and a POST with an echo, over the same TLS. */
export async function startRawHttp(node, bytes) {
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-raw-'));
  const body = join(folder, 'body.json');
  writeFileSync(body, bytes);
  const make =
    'openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost -keyout key.pem -out cert.pem';
  const { status } = spawnSync('sh', ['-c', make], { cwd: folder });
  if (status !== 0) return undefined;
  const program = `
    const { createServer } = require('node:https');
    const { readFileSync } = require('node:fs');
    const body = readFileSync('body.json');
    const server = createServer({ key: readFileSync('key.pem'), cert: readFileSync('cert.pem') }, (request, response) => {
      request.on('data', () => {});
      request.on('end', () => { response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': body.length }); response.end(body); });
    });
    server.listen(0, '127.0.0.1', () => console.log('raw ' + server.address().port));`;
  const child = spawn(node, ['-e', program], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const [, port] = await waitFor(child, /raw (\d+)/);
  return {
    port: Number(port),
    pid: child.pid,
    token,
    tls: { rejectUnauthorized: false },
    stop: stopper(child, folder),
  };
}

/** etcd's JSON gateway is no fair client, so its own benchmark is gRPC; here: v3 put and range over its HTTP gateway. */
export async function startEtcd() {
  if (spawnSync('etcd', ['--version']).error) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'kubeskiff-etcd-'));
  const [client, peer] = [await freePort(), await freePort()];
  const url = (port) => `http://127.0.0.1:${port}`;
  const args = [
    '--data-dir',
    join(folder, 'data'),
    '--listen-client-urls',
    url(client),
    '--advertise-client-urls',
    url(client),
    '--listen-peer-urls',
    url(peer),
    '--initial-advertise-peer-urls',
    url(peer),
    '--initial-cluster',
    `default=${url(peer)}`,
    '--log-level',
    'error',
  ];
  const child = spawn('etcd', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (let i = 0; i < 200; i++) {
    try {
      const response = await fetch(`${url(client)}/health`);
      if (response.ok)
        return {
          port: client,
          pid: child.pid,
          token: undefined,
          tls: undefined,
          stop: stopper(child, folder),
        };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await stopper(child, folder)();
  return undefined;
}
