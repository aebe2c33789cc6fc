// Constant templates of format() against the types of their arguments.
// Upstream: stringFormatValidator of cel-go ext/formatting.go.
import { FormatError, fillTemplate, unknownVerb, wrongType } from '../functions/string-format.ts';
import type { Call, Expr } from '../syntax/ast.ts';
import type { Issue } from '../syntax/source.ts';
import type { TypeKind } from './types.ts';

interface Clause {
  readonly name: string;
  readonly wanted: string;
  readonly kinds: readonly TypeKind[];
}

const anyNumber = 'doubles';
const clauses: Readonly<Record<string, Clause>> = {
  s: {
    name: 'string clause',
    wanted: 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    kinds: [
      'list',
      'map',
      'int',
      'uint',
      'double',
      'bool',
      'string',
      'timestamp',
      'bytes',
      'duration',
      'type',
      'null',
    ],
  },
  d: { name: 'decimal clause', wanted: 'integers', kinds: ['int', 'uint'] },
  f: { name: 'fixed-point clause', wanted: anyNumber, kinds: ['double', 'string'] },
  e: { name: 'scientific clause', wanted: anyNumber, kinds: ['double', 'string'] },
  b: { name: 'binary clause', wanted: 'integers and bools', kinds: ['int', 'uint', 'bool'] },
  x: {
    name: 'hex clause',
    wanted: 'integers, byte buffers, and strings',
    kinds: ['int', 'uint', 'string', 'bytes'],
  },
  o: { name: 'octal clause', wanted: 'integers', kinds: ['int', 'uint'] },
};

/** What does not fit the clause: the argument, or for %s something within it. */
function misfit(arg: Expr, { kinds, name }: Clause): Expr | undefined {
  const kind = arg.type!.kind;
  if (kind !== 'dyn' && !kinds.includes(kind)) return arg;
  if (name !== 'string clause') return undefined;
  const parts =
    arg.kind === 'list'
      ? arg.elements
      : arg.kind === 'map'
        ? arg.entries.flatMap((e) => [e.key, e.value])
        : [];
  for (const part of parts) {
    const found = misfit(part, clauses['s']!);
    if (found !== undefined) return found;
  }
  return undefined;
}

function checkArg(verb: string, arg: Expr): void {
  const clause = clauses[verb === 'X' ? 'x' : verb];
  if (clause === undefined) unknownVerb(verb);
  const wrong = misfit(arg, clause);
  if (wrong === undefined) return;
  throw new PlacedError(wrong.at, clause, wrong.type!.name);
}

/** The fault of one argument. */
class PlacedError extends Error {
  readonly at: number;

  constructor(at: number, { name, wanted }: Clause, typeName: string) {
    super('');
    this.at = at;
    try {
      wrongType(name, wanted, typeName);
    } catch (error) {
      this.message = (error as Error).message;
    }
  }
}

/** What is wrong with a call of format() that has a constant template and a list literal. */
export function validateFormat(call: Call): Issue | undefined {
  const { target, args, at } = call;
  const list = args[0];
  if (target?.kind !== 'literal' || typeof target.value !== 'string' || list?.kind !== 'list')
    return undefined;
  let used = 0;
  try {
    fillTemplate(target.value, list.elements.length, (verb, _precision, i) => {
      used++;
      checkArg(verb, list.elements[i]!);
      return '';
    });
  } catch (error) {
    if (error instanceof PlacedError) return { message: error.message, offset: error.at };
    if (error instanceof FormatError) return { message: error.message, offset: at };
    throw error;
  }
  if (list.elements.length <= used) return undefined;
  const message = `too many arguments supplied to string.format (expected ${used}, got ${list.elements.length})`;
  return { message, offset: at };
}
