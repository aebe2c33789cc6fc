// The layer rule and the ban on import cycles, type imports included. Each folder of src/ may import what its line names.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');

/** From the top down; what is not named may not be imported. */
const layers = {
  launch: ['cli', 'testing', 'cluster', 'api'],
  cli: ['cluster', 'apiserver', 'api'],
  testing: ['cluster', 'apiserver', 'controllers', 'scheduler', 'node', 'client', 'storage', 'api'],
  cluster: ['apiserver', 'controllers', 'scheduler', 'node', 'client', 'storage', 'kinds', 'api'],
  apiserver: ['storage', 'kinds', 'api'],
  controllers: ['client', 'kinds', 'api'],
  scheduler: ['client', 'kinds', 'api'],
  node: ['client', 'kinds', 'api'],
  client: ['kinds', 'api'],
  storage: ['api'],
  kinds: ['api'],
  api: [],
};
/** Storage knows no vocabulary but time. */
const only = { storage: ['api/clock.ts'] };
/** Time and chance are parameters: these are read in one file only. */
const banned = /\b(?:Date\.now|setTimeout|setInterval|Math\.random|randomUUID)\s*\(/;
const mayReadTime = new Set(['api/clock.ts']);

function* filesIn(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else if (name.endsWith('.ts')) yield path;
  }
}

const faults = [];
const edges = new Map();
for (const file of filesIn(src)) {
  const name = relative(src, file);
  const text = readFileSync(file, 'utf8');
  const layer = name.split('/')[0];
  const isTest = /\.test\.ts$|(^|\/)contract(\/|\.ts$)/.test(name);
  if (!isTest && !mayReadTime.has(name) && layer !== 'testing') {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const found = banned.exec(code);
    if (found) faults.push(`${name}: ${found[0]}...) - take a Clock or a Random instead`);
  }
  const targets = [];
  for (const [, specifier] of text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)) {
    const target = relative(src, resolve(dirname(file), specifier));
    if (target.startsWith('..')) continue;
    targets.push(target);
    const other = target.split('/')[0];
    if (other === layer) continue;
    if (!(layers[layer] ?? []).includes(other))
      faults.push(`${name}: ${layer} may not import ${other} (${target})`);
    else if (only[layer] && !isTest && !only[layer].includes(target))
      faults.push(`${name}: ${layer} may import only ${only[layer].join(', ')} (${target})`);
  }
  edges.set(name, targets);
}

/** Cycles by depth-first search; each is told once. */
const state = new Map();
function visit(name, trail) {
  state.set(name, 'open');
  for (const target of edges.get(name) ?? []) {
    if (state.get(target) === 'open')
      faults.push(`cycle: ${[...trail.slice(trail.indexOf(target)), target].join(' -> ')}`);
    else if (!state.has(target)) visit(target, [...trail, target]);
  }
  state.set(name, 'done');
}
for (const name of edges.keys()) if (!state.has(name)) visit(name, [name]);

for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exit(1);
