// Compares the answers of kube-apiserver itself, compiled from its Go module, with this server's: random changes of good objects
// of every kind go to both. Needs the built program (npm run build).
// node test/oracles/api-server.mjs [cases of each sort] [seed] [sort] [differences shown]; part of the longer suite.
import { runOracle } from './run-oracle.mjs';

await runOracle('api-server');
