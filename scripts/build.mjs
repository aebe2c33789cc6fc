// Builds dist/: generates what is made from the fact tables, then bundles the program.
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');

// CommonJS packages inside an ES module bundle ask for `require`.
const banner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

/** How TypeScript becomes one program, for the package and for the bench. */
export const bundleOptions = {
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minifySyntax: true,
  mainFields: ['module', 'main'],
  banner: { js: banner },
  // native code and what is found by path at run time
  external: ['classic-level', 'pino', 'yaml'],
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
};

/** Names what a module exports. */
async function exportsOf(entry) {
  const options = { ...bundleOptions, splitting: false, entryPoints: [entry], outdir: dist, write: false };
  const { metafile } = await build({ ...options, metafile: true });
  return Object.values(metafile.outputs)[0].exports;
}

/** The whole program as one CommonJS file; returns its name, which has a hash of what it says. */
async function bundleProgram() {
  const { metafile } = await build({
    ...bundleOptions,
    format: 'cjs',
    splitting: false,
    // faster to read; functions keep their names
    minifyWhitespace: true,
    charset: 'ascii',
    legalComments: 'external',
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
    define: { 'import.meta.url': '__url' },
    entryPoints: { program: join(root, 'src/launch/program.ts') },
    entryNames: '[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    outdir: dist,
    metafile: true,
  });
  const file = basename(Object.keys(metafile.outputs).find((path) => path.endsWith('.cjs')));
  const at = [...readFileSync(join(dist, file), 'latin1')].findIndex((c) => c > '\x7f');
  if (at >= 0) throw new Error(`${file} is not ASCII at ${at}: a regular expression needs an escape`);
  return file;
}

/** Writes what is built in of the OpenAPI 2 document beside the program. */
async function saveOpenApi() {
  const outfile = join(dist, 'save-openapi.mjs');
  const entryPoint = join(root, 'src/apiserver/built-in-openapi.ts');
  await build({ ...bundleOptions, splitting: false, entryPoints: [entryPoint], outfile });
  const { builtInOpenApiFile, savedBuiltInOpenApiV2 } = await import(pathToFileURL(outfile));
  writeFileSync(join(dist, builtInOpenApiFile), await savedBuiltInOpenApiV2());
  rmSync(outfile);
}

/** Bundles src/ to dist/: the program, and the small files that start it. */
export async function buildProgram() {
  await generate();
  rmSync(dist, { recursive: true, force: true });
  const [file, names] = await Promise.all([bundleProgram(), exportsOf(join(root, 'src/testing/testing.ts'))]);
  const testing = `import { loadProgram } from './src/launch/load-program.ts';
export const { ${names.join(', ')} } = await loadProgram('testing').testing();`;
  const options = {
    ...bundleOptions,
    splitting: false,
    banner: {},
    define: { programFile: JSON.stringify(`./${file}`) },
  };
  await Promise.all([
    build({
      ...options,
      entryPoints: {
        main: join(root, 'src/launch/main.ts'),
        parts: join(root, 'src/launch/parts.ts'),
      },
      outdir: dist,
    }),
    build({
      ...options,
      stdin: { contents: testing, resolveDir: root },
      outfile: join(dist, 'testing.js'),
    }),
  ]);
  chmodSync(join(dist, 'main.js'), 0o755);
  await saveOpenApi();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram();
