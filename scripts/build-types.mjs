// Builds dist/types/: the declarations of `kubeskiff/testing`, and of nothing else.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const out = join(root, 'dist', 'types');
const entry = join(out, 'src', 'testing', 'testing.d.ts');

const specifiers = /(from |import\()(['"])(\.[^'"]+|#types\/[^'"]+)\2/g;

/** The declaration file that a specifier of `file` means. */
function targetOf(file, specifier) {
  if (specifier.startsWith('#types/'))
    return join(out, 'openapi', 'generated', 'types', `${specifier.slice(7)}.d.ts`);
  return resolve(dirname(file), specifier.replace(/\.ts$/, '.d.ts'));
}

function* filesIn(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** Emits declarations, makes their imports relative, and drops what the entry does not reach. */
export function buildTypes() {
  rmSync(out, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  const { status } = spawnSync(tsc, ['-p', join(root, 'tsconfig.types.json')], { stdio: 'inherit' });
  if (status !== 0) throw new Error('the declarations could not be made');
  const reached = new Set();
  const open = [entry];
  for (let file = open.pop(); file; file = open.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    const text = readFileSync(file, 'utf8').replace(specifiers, (_all, head, quote, specifier) => {
      const target = targetOf(file, specifier);
      if (!existsSync(target)) throw new Error(`${relative(root, file)}: no declarations of ${specifier}`);
      open.push(target);
      const path = relative(dirname(file), target).replace(/\.d\.ts$/, '.js');
      return `${head}${quote}${path.startsWith('.') ? path : `./${path}`}${quote}`;
    });
    writeFileSync(file, text);
  }
  for (const file of [...filesIn(out)]) if (!reached.has(file)) rmSync(file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) buildTypes();
