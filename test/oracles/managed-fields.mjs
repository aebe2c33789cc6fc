// Compares server-side apply with upstream's own code: runs random writes through both.
// node test/oracles/managed-fields.mjs [writes] [seed]; part of the longer suite. `--record` writes the answers of
// test/fixtures/managed-fields/values.json anew instead.
import { runOracle } from './run-oracle.mjs';

await runOracle('managed-fields');
