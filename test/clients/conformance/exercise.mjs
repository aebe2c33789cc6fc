// Runs Kubernetes' own conformance tests of the control plane against the cluster of KUBECONFIG. Argument: the compiled tests,
// then regular expressions in place of all. Prints a line `ok NAME` for each test that passed; ends with 1 at a failure.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { groups, leftOut } from './specs.mjs';

const [program, ...chosen] = process.argv.slice(2);
const nodes = 2;
const reports = mkdtempSync(join(tmpdir(), 'kubeskiff-conformance-'));

/** Runs the tests that match; resolves with what came of each. */
function runGroup(focus, index) {
  const report = join(reports, `${index}.json`);
  const names = leftOut.flatMap((left) => left.names);
  const args = [
    ['-kubeconfig', process.env.KUBECONFIG],
    ['-provider', 'skeleton'],
    ['-num-nodes', nodes],
    ['-ginkgo.focus', `(${focus}).*\\[Conformance\\]`],
    ['-ginkgo.skip', names.join('|')],
    // another process has its tests in the same cluster: what one waits for may be late
    ['-ginkgo.flake-attempts', 2],
    ['-ginkgo.timeout', '10m'],
    ['-ginkgo.json-report', report],
  ];
  const options = { cwd: dirname(program), stdio: ['ignore', 'pipe', 'pipe'] };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args.flat(), options);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, report }));
  });
}

function show({ code, output, report }, focus) {
  let specs = [];
  try {
    specs = JSON.parse(readFileSync(report, 'utf8'))[0].SpecReports ?? [];
  } catch {
    // told below, with the output
  }
  const run = specs.filter((s) => s.LeafNodeType === 'It' && s.State !== 'skipped' && s.State !== 'pending');
  for (const { State, LeafNodeText, ContainerHierarchyTexts, RunTime } of run) {
    const name = [...(ContainerHierarchyTexts ?? []), LeafNodeText].join(' ');
    const seconds = (RunTime / 1e9).toFixed(1);
    console.log(`${State === 'passed' ? 'ok' : 'not ok'} ${name} (${seconds} s)`);
  }
  if (code === 0 && run.length > 0) return;
  const summary = output.slice(output.indexOf('Summarizing'));
  console.log(`${summary.slice(0, 20_000)}\nnot ok ${focus}: exit code ${code}, ${run.length} run`);
  process.exitCode = 1;
}

try {
  const wanted = chosen.length > 0 ? chosen : groups;
  await Promise.all(wanted.map(async (focus, i) => show(await runGroup(focus, i), focus)));
} finally {
  rmSync(reports, { recursive: true, force: true });
}
