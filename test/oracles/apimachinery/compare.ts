// Sends random patches, quantities and selectors through upstream's packages and through ours.
// Started by test/oracles/apimachinery.mjs; arguments: the oracle's binary, the number of cases of each sort, a seed.
import type { Json, JsonObject } from '../../../src/api/object.ts';
import { comparable, compareSorts } from '../compare-cases.ts';
import { jsonPatchCase, mergeCase, strategicCase } from './patches.ts';
import { fieldTextCase, labelObjectCase, labelTextCase, quantityCase } from './values.ts';

/** Of what a JSON patch or a merge patch fails nobody but the server's log is told. */
function withoutText({ error, ...answer }: JsonObject): Json {
  return error === undefined ? answer : { refused: true };
}

/** Without zeros, which Go leaves out, and numbers that no float holds. */
function withoutZeros(answer: JsonObject): Json {
  const kept = Object.entries(answer).filter(
    ([, value]) =>
      value !== 0 && value !== '0' && value !== '' && !(Math.abs(Number(value)) >= Number.MAX_SAFE_INTEGER),
  );
  return Object.fromEntries(kept);
}

/** What upstream answers may be one of several by chance; where it dies there is nothing to follow. */
function isOneOf({ others = [] }: JsonObject, ours: JsonObject): boolean {
  const own = comparable(ours);
  return (others as JsonObject[]).some(({ error, ...other }) => {
    if (String(error).startsWith('panic: ')) return true;
    return comparable(error === undefined ? other : { error }) === own;
  });
}

/** Without what may be answered instead. */
function withoutOthers({ others: _, ...answer }: JsonObject): Json {
  return answer;
}

await compareSorts([
  { title: 'strategic merge patches', make: strategicCase, view: withoutOthers, agrees: isOneOf },
  { title: 'merge patches', make: mergeCase, view: withoutText },
  { title: 'json patches', make: jsonPatchCase, view: withoutText },
  { title: 'quantities', make: quantityCase, view: withoutZeros },
  { title: 'label selectors', make: labelTextCase, view: withoutZeros },
  { title: 'objects of label selectors', make: labelObjectCase, view: withoutZeros },
  { title: 'field selectors', make: fieldTextCase, view: withoutZeros },
]);
