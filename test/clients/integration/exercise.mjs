// Runs Kubernetes' integration tests, each against a fresh server. Argument: the folder that suites.mjs has
// filled, in whose folder `compiled` the suites are.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runSuites } from '../go-suites.mjs';
import { programOf, suites } from './suites.mjs';

const module = process.argv[2];
const servers = join(dirname(fileURLToPath(import.meta.url)), 'servers.ts');
await runSuites(
  servers,
  suites.map(({ folder, skip }) => ({
    name: folder,
    program: programOf(module, folder),
    folder: join(module, 'test', 'integration', folder),
    skip,
  })),
);
