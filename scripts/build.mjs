// Builds dist/: generates what is made from the fact tables, then bundles the program.
import { chmodSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { generate } from './generate.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

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

/** Bundles src/ to dist/. */
export async function buildProgram() {
  await generate();
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  await build({
    ...bundleOptions,
    entryPoints: {
      main: join(root, 'src/cli/main.ts'),
      parts: join(root, 'src/cluster/parts-worker.ts'),
      testing: join(root, 'src/testing/testing.ts'),
    },
    outdir: join(root, 'dist'),
  });
  chmodSync(join(root, 'dist/main.js'), 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildProgram();
