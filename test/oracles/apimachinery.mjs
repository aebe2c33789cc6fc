// Compares patches, quantities and selectors with upstream's own code: sends random ones through both.
// node test/oracles/apimachinery.mjs [cases of each sort] [seed] [sort]; part of the longer suite.
import { runOracle } from './run-oracle.mjs';

await runOracle('apimachinery');
