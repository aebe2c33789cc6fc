// Regular expressions by RE2's rules. Upstream: cel-go String.Match, k8s.io/apiserver/pkg/cel/library/regex.go.
import { RE2JS } from 're2js';
import { stringList } from '../values/collections.ts';
import { EvaluationError, type Value } from '../values/value.ts';
import { ofStrings } from './strings.ts';

type Pattern = ReturnType<typeof RE2JS.compile>;

const cache = new Map<string, Pattern | string>();
const cacheLimit = 256;

/** The compiled pattern, or Go's text on what is wrong with it. Patterns come again and again, so they are kept. */
function compile(pattern: string): Pattern | string {
  let compiled = cache.get(pattern);
  if (compiled === undefined) {
    try {
      compiled = RE2JS.compile(pattern);
    } catch (error) {
      compiled = error instanceof Error ? error.message : String(error);
    }
    if (cache.size >= cacheLimit) cache.clear();
    cache.set(pattern, compiled);
  }
  return compiled;
}

/** What is wrong with a pattern, undefined when nothing is. */
export function compileConstantPattern(pattern: string): string | undefined {
  const compiled = compile(pattern);
  return typeof compiled === 'string' ? compiled : undefined;
}

function matches(text: string, pattern: string): Value {
  const compiled = compile(pattern);
  return typeof compiled === 'string' ? new EvaluationError(compiled) : compiled.matcher(text).find();
}

function illegal(fault: string): EvaluationError {
  return new EvaluationError(`Illegal regex: ${fault}`);
}

function find(text: string, pattern: string): Value {
  const compiled = compile(pattern);
  if (typeof compiled === 'string') return illegal(compiled);
  const matcher = compiled.matcher(text);
  return matcher.find() ? (matcher.group() ?? '') : '';
}

/** Like Go's FindAllString: an empty match right behind another match does not count. */
function findAll(text: string, pattern: string, count = -1n): Value {
  const compiled = compile(pattern);
  if (typeof compiled === 'string') return illegal(compiled);
  const found: string[] = [];
  const matcher = compiled.matcher(text);
  let end = -1;
  while ((count < 0n || BigInt(found.length) < count) && matcher.find()) {
    const match = matcher.group() ?? '';
    if (match !== '' || matcher.start() !== end) found.push(match);
    end = matcher.end();
  }
  return stringList(found);
}

export const regexFunctions = {
  matches: ofStrings(matches),
  string_find_string: find,
  string_find_all_string: findAll,
  string_find_all_string_int: findAll,
};
