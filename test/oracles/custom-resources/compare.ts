// Sends random schemas, objects and definitions through upstream's packages and through ours.
// Started by test/oracles/custom-resources.mjs; arguments: the oracle's binary, the number of cases of each sort, a seed.
import { compareSorts } from '../compare-cases.ts';
import { definitionAnswer, definitionCase } from './definitions.ts';
import { formatCase } from './formats.ts';
import { readCase, validateCase } from './objects.ts';
import { openApiAnswer, openApiCase } from './openapi.ts';
import { tableCase } from './tables.ts';

await compareSorts([
  { title: 'read: pruning, nulls, metadata, defaults', make: readCase },
  { title: 'validation: create, update, status update', make: validateCase },
  { title: 'formats', make: formatCase },
  { title: 'printer columns', make: tableCase },
  // whole documents
  { title: 'openapi', make: openApiCase, view: openApiAnswer, share: 0.03 },
  { title: 'definitions', make: definitionCase, view: definitionAnswer },
]);
