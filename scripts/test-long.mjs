// `npm run test:clients`: real clients against the server. The kubectl suites with three versions, then the clients of other
// languages and helm, each against a fresh server; bodies that are wrong in every place; a minute of parts that are killed,
// leaders among them; and random cases through upstream's own packages and ours. What a machine lacks is skipped with the
// reason. With arguments: only the clients whose names have one of them in it; Kubernetes' integration and conformance tests and
// those of Flux's controllers run only so, since compiling them takes minutes. Last comes kube-apiserver itself, which takes them too.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { clients } from '../test/clients/clients.mjs';
import { startServer } from '../test/clients/server.mjs';
import { compareWithOracle, missingOracle } from '../test/oracles/run-oracle.mjs';
import { buildProgram } from './build.mjs';
import { cacheFolder, fetchKubectl } from './fetch-kubectl.mjs';
import { installPackages } from './install.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const clientWithinMs = 180_000;
const suiteWithinMs = 600_000;

/** Runs a command; resolves with its exit code and output, which is shown as it comes. */
function runCommand([command, ...args], environment, withinMs) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const deadline = setTimeout(() => {
      output += `\nended after ${withinMs} ms`;
      child.kill('SIGKILL');
    }, withinMs);
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (code) => {
      clearTimeout(deadline);
      resolve({ code, output });
    });
  });
}

const totals = { passed: 0, failed: 0, skipped: 0, checks: 0 };

function report(outcome, name, detail) {
  totals[outcome]++;
  console.log(`${outcome.padEnd(7)} ${name}: ${detail}`);
}

function secondsSince(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}

/** Runs suites of vitest. */
async function runSuites(name, filter, environment) {
  const start = performance.now();
  const vitest = join(root, 'node_modules', '.bin', 'vitest');
  const command = [vitest, 'run', ...filter];
  const { code, output } = await runCommand(command, { ...environment, NO_COLOR: '1' }, suiteWithinMs);
  const count = Number(/Tests .*?(\d+) passed/.exec(output)?.[1] ?? 0);
  totals.checks += count;
  if (code === 0) return report('passed', name, `${count} tests in ${secondsSince(start)}`);
  console.log(output);
  report('failed', name, `exit code ${code}`);
}

async function runKubectl(minor) {
  const name = `kubectl ${minor}`;
  try {
    fetchKubectl(minor);
  } catch (error) {
    return report('skipped', name, error.message);
  }
  await runSuites(name, ['test/kubectl', 'test/tutorial'], { KUBESKIFF_KUBECTL: minor });
}

async function runClient({ name, environment, cluster, nodes, withinMs = clientWithinMs, missing, prepare }) {
  const reason = missing();
  if (reason) return report('skipped', name, reason);
  let command;
  try {
    command = prepare(cacheFolder);
  } catch (error) {
    return report('failed', name, `not installed: ${error.message}`);
  }
  const start = performance.now();
  const server = await startServer({ cluster, nodes });
  const exercise = { ...environment, KUBECONFIG: server.kubeconfig };
  const { code, output } = await runCommand(command, exercise, withinMs);
  const exit = await server.stop();
  const count = output.match(/^ok /gm)?.length ?? 0;
  totals.checks += count;
  if (code === 0 && count > 0 && exit === 0)
    return report('passed', name, `${count} checks in ${secondsSince(start)}`);
  console.log(output);
  report('failed', name, `exit code ${code}, the server's ${exit}`);
}

// Cases of each sort.
const oracleCases = 10_000;
const oracles = ['apimachinery', 'managed-fields', 'custom-resources', 'cel', 'api-server'];
const oracleSeed = 1;
const oracleWithinMs = 240_000;

/**
 * Cases through upstream's packages and ours, drawn from one seed so that a run says the same each time; another seed:
 * `node test/oracles/<name>.mjs [cases] [seed]`.
 */
async function runOracles() {
  const reason = missingOracle();
  for (const oracle of oracles) {
    const name = `differential ${oracle}`;
    if (reason) {
      report('skipped', name, reason);
      continue;
    }
    const start = performance.now();
    const run = (command) => runCommand(command, {}, oracleWithinMs);
    let result;
    try {
      result = await compareWithOracle(oracle, [oracleCases, oracleSeed], run);
    } catch (error) {
      report('failed', name, error.message);
      continue;
    }
    totals.checks += oracleCases;
    if (result.code === 0)
      report('passed', name, `${oracleCases} cases of each sort, in ${secondsSince(start)}`);
    else {
      console.log(result.output.slice(0, 20_000));
      report('failed', name, `differences with seed ${oracleSeed}`);
    }
  }
}

const start = performance.now();
installPackages();
await buildProgram();
const names = process.argv.slice(2);
if (names.length > 0) {
  for (const client of clients)
    if (names.some((name) => client.name.toLowerCase().includes(name.toLowerCase()))) await runClient(client);
} else {
  for (const minor of ['1.27', '1.31', '1.36']) await runKubectl(minor);
  await runSuites('strange bodies', ['test/apiserver/mutated-bodies.test.ts'], {});
  const killed = ['test/cluster/parts.test.ts', 'test/cluster/failover.test.ts'];
  await runSuites('parts that are killed', killed, { KUBESKIFF_KILL_SECONDS: '20' });
  for (const client of clients) if (!client.asked) await runClient(client);
  await runOracles();
}
const { passed, failed, skipped, checks } = totals;
console.log(
  `clients: ${passed} passed, ${failed} failed, ${skipped} skipped, ${checks} checks, ${secondsSince(start)}`,
);
process.exitCode = failed > 0 ? 1 : 0;
