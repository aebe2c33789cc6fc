// Runs upstream's own integration tests of custom resources, each against a fresh server. Argument: the folder with a copy of the
// module, in whose folder `compiled` the suites are.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSuites } from '../go-suites.mjs';
import { programOf, suites } from './suites.mjs';

const copy = process.argv[2];
const servers = join(dirname(fileURLToPath(import.meta.url)), 'servers.ts');
await runSuites(
  servers,
  suites.map(({ folder, skip }) => ({
    name: folder,
    program: programOf(copy, folder),
    folder: join(copy, 'test', 'integration', folder),
    skip,
  })),
);
