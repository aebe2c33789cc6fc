// Go's reading of booleans: strconv.ParseBool.
import { goQuote } from '../../api/go-text.ts';

const truths = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const falsehoods = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** The boolean, or an Error (not thrown) with Go's text. */
export function parseGoBool(text: string): boolean | Error {
  if (truths.has(text)) return true;
  if (falsehoods.has(text)) return false;
  return new Error(`strconv.ParseBool: parsing ${goQuote(text)}: invalid syntax`);
}
