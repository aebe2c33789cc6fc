// Compares expressions and validation rules with upstream's own code: runs random expressions through both.
// node test/oracles/cel.mjs [expressions] [seed]; part of the longer suite. `--record` writes the answers of
// test/fixtures/cel anew instead.
import { runOracle } from './run-oracle.mjs';

await runOracle('cel');
