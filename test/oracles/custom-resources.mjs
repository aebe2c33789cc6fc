// Compares definitions, and what their schemas do to objects, with upstream's own code: sends random ones through both.
// node test/oracles/custom-resources.mjs [cases of each sort] [seed] [sort]; part of the longer suite.
import { runOracle } from './run-oracle.mjs';

await runOracle('custom-resources');
