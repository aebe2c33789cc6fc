// Index lists of Indexed Jobs: `1,3-5,7`.
// Upstream: validateIndexesFormat in k8s.io/kubernetes/pkg/apis/batch/validation/validation.go.
import { goQuote } from '../../../api/go-text.ts';

type Interval = readonly [first: number, last: number];

function parseIndex(text: string, completions: number): number | string {
  if (!/^\+?[0-9]+$/.test(text)) return `cannot convert string to integer for index: ${goQuote(text)}`;
  const index = Number(text);
  return index >= completions ? `too large index: ${goQuote(text)}` : index;
}

function parseInterval(text: string, completions: number): Interval | string {
  const limits = text.split('-');
  if (limits.length > 2)
    return `the fragment ${goQuote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`;
  const first = parseIndex(limits[0]!, completions);
  if (typeof first === 'string' || limits.length === 1)
    return typeof first === 'string' ? first : [first, first];
  const last = parseIndex(limits[1]!, completions);
  if (typeof last === 'string') return last;
  return first >= last ? `non-increasing order, previous: ${first}, current: ${last}` : [first, last];
}

/** How many indexes a list names, or what is wrong with it. */
export function countIndexes(text: string, completions: number): number | string {
  if (text === '') return 0;
  let total = 0;
  let previous = -1;
  for (const part of text.split(',')) {
    const interval = parseInterval(part, completions);
    if (typeof interval === 'string') return interval;
    if (previous >= interval[0])
      return `non-increasing order, previous: ${previous}, current: ${interval[0]}`;
    previous = interval[1];
    total += interval[1] - interval[0] + 1;
  }
  return total;
}

/** An index that two lists share; undefined when they share none. Parts that cannot be read are skipped. */
export function commonIndex(a: string, b: string, completions: number): number | undefined {
  const intervals = (text: string): Interval[] =>
    text
      .split(',')
      .map((part) => parseInterval(part, completions))
      .filter((interval) => typeof interval !== 'string');
  const [left, right] = [intervals(a), intervals(b)];
  for (let i = 0, j = 0; i < left.length && j < right.length; ) {
    const [one, two] = [left[i]!, right[j]!];
    if (one[0] <= two[1] && two[0] <= one[1]) return Math.max(one[0], two[0]);
    if (one[0] <= two[0]) i++;
    else j++;
  }
  return undefined;
}
