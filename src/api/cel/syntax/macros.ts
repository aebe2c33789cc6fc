// Calls that stand for other expressions: has, all, exists, map, filter, optMap, sortBy and their kin.
// Upstream: cel-go parser/macro.go, cel/library.go (optMap), ext/comprehensions.go, ext/lists.go (sortBy).
import type { Value } from '../values/value.ts';
import { type Call, type Comprehension, copyExpr, type Expr } from './ast.ts';

/** The accumulator of a comprehension; no expression can name it. */
export const accumulator = '@result';
const oldAccumulator = '__result__';

/** The arguments of a macro are wrong. */
export class MacroError extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.name = 'MacroError';
    this.at = at;
  }
}

/** Makes nodes at the place of the macro call. */
class Maker {
  private readonly at: number;

  constructor(at: number) {
    this.at = at;
  }

  literal(value: Value): Expr {
    return { kind: 'literal', value, at: this.at };
  }

  ident(name: string): Expr {
    return { kind: 'ident', name, at: this.at };
  }

  accu(): Expr {
    return this.ident(accumulator);
  }

  list(...elements: Expr[]): Expr {
    return { kind: 'list', elements, optionals: new Set(), at: this.at };
  }

  map(): Expr {
    return { kind: 'map', entries: [], at: this.at };
  }

  call(name: string, ...args: Expr[]): Call {
    return { kind: 'call', name, target: undefined, args, at: this.at };
  }

  member(name: string, target: Expr, ...args: Expr[]): Call {
    return { kind: 'call', name, target, args, at: this.at };
  }

  fold(parts: Omit<Comprehension, 'kind' | 'at' | 'accuVar'> & { accuVar?: string }): Expr {
    return { kind: 'comprehension', accuVar: accumulator, ...parts, at: this.at };
  }
}

type Expander = (make: Maker, target: Expr, args: readonly Expr[]) => Expr;

function notAccumulator(arg: Expr, name: string): string {
  if (name === accumulator || name === oldAccumulator)
    throw new MacroError(arg.at, 'iteration variable overwrites accumulator variable');
  return name;
}

function nameOf(arg: Expr, message: string): string {
  if (arg.kind !== 'ident') throw new MacroError(arg.at, message);
  return arg.name;
}

interface Variables {
  readonly iterVar: string;
  readonly iterVar2: string | undefined;
  readonly rest: readonly Expr[];
}

function oneVariable(args: readonly Expr[], message: string): Variables {
  return {
    iterVar: notAccumulator(args[0]!, nameOf(args[0]!, message)),
    iterVar2: undefined,
    rest: args.slice(1),
  };
}

function twoVariables(args: readonly Expr[]): Variables {
  const [first, second] = [args[0]!, args[1]!];
  const iterVar = nameOf(first, 'argument must be a simple name');
  const iterVar2 = nameOf(second, 'argument must be a simple name');
  if (iterVar === iterVar2) throw new MacroError(second.at, `duplicate variable name: ${iterVar}`);
  return {
    iterVar: notAccumulator(first, iterVar),
    iterVar2: notAccumulator(second, iterVar2),
    rest: args.slice(2),
  };
}

const quantifier = (args: readonly Expr[]): Variables => oneVariable(args, 'argument must be a simple name');
const transformer = (args: readonly Expr[]): Variables => oneVariable(args, 'argument is not an identifier');

type Reader = (args: readonly Expr[]) => Variables;

function all(read: Reader): Expander {
  return (make, range, args) => {
    const { rest, ...variables } = read(args);
    return make.fold({
      range,
      ...variables,
      init: make.literal(true),
      condition: make.call('@not_strictly_false', make.accu()),
      step: make.call('_&&_', make.accu(), rest[0]!),
      result: make.accu(),
    });
  };
}

function exists(read: Reader): Expander {
  return (make, range, args) => {
    const { rest, ...variables } = read(args);
    return make.fold({
      range,
      ...variables,
      init: make.literal(false),
      condition: make.call('@not_strictly_false', make.call('!_', make.accu())),
      step: make.call('_||_', make.accu(), rest[0]!),
      result: make.accu(),
    });
  };
}

function existsOne(read: Reader): Expander {
  return (make, range, args) => {
    const { rest, ...variables } = read(args);
    const more = make.call('_+_', make.accu(), make.literal(1n));
    return make.fold({
      range,
      ...variables,
      init: make.literal(0n),
      condition: make.literal(true),
      step: make.call('_?_:_', rest[0]!, more, make.accu()),
      result: make.call('_==_', make.accu(), make.literal(1n)),
    });
  };
}

/** Collects into `init`; with two further arguments the first one says which. */
function collect(
  read: Reader,
  init: (make: Maker) => Expr,
  add: (make: Maker, value: Expr, variables: Variables) => Expr,
): Expander {
  return (make, range, args) => {
    const variables = read(args);
    const { rest, iterVar, iterVar2 } = variables;
    const value = rest.length === 2 ? rest[1]! : rest[0]!;
    let step = add(make, value, variables);
    if (rest.length === 2) step = make.call('_?_:_', rest[0]!, step, make.accu());
    return make.fold({
      range,
      iterVar,
      iterVar2,
      init: init(make),
      condition: make.literal(true),
      step,
      result: make.accu(),
    });
  };
}

const emptyList = (make: Maker): Expr => make.list();
const emptyMap = (make: Maker): Expr => make.map();
const append = (make: Maker, value: Expr): Expr => make.call('_+_', make.accu(), make.list(value));
const map = collect(transformer, emptyList, append);
const transformList = collect(twoVariables, emptyList, append);
const transformMap = collect(twoVariables, emptyMap, (make, value, { iterVar }) =>
  make.call('cel.@mapInsert', make.accu(), make.ident(iterVar), value),
);
const transformMapEntry = collect(twoVariables, emptyMap, (make, value) =>
  make.call('cel.@mapInsert', make.accu(), value),
);

const filter: Expander = (make, range, args) => {
  const { rest, ...variables } = transformer(args);
  const more = make.call('_+_', make.accu(), make.list(args[0]!));
  return make.fold({
    range,
    ...variables,
    init: make.list(),
    condition: make.literal(true),
    step: make.call('_?_:_', rest[0]!, more, make.accu()),
    result: make.accu(),
  });
};

/** `result` with `name` bound to `value`: a comprehension over nothing. */
function bind(
  make: Maker,
  name: string,
  value: Expr,
  result: Expr,
  iterVar: string,
  step = make.ident(name),
): Expr {
  return make.fold({
    range: make.list(),
    iterVar,
    iterVar2: undefined,
    accuVar: name,
    init: value,
    condition: make.literal(false),
    step,
    result,
  });
}

function optional(macro: string, wrap: (make: Maker, value: Expr) => Expr): Expander {
  return (make, target, args) => {
    const name = nameOf(args[0]!, `${macro}() variable name must be a simple identifier`);
    const value = make.member('value', copyExpr(target));
    const mapped = bind(make, name, value, args[1]!, '#unused');
    return make.call(
      '_?_:_',
      make.member('hasValue', target),
      wrap(make, mapped),
      make.call('optional.none'),
    );
  };
}

const sortBy: Expander = (make, target, args) => {
  if (!['list', 'select', 'ident', 'comprehension', 'call'].includes(target.kind))
    throw new MacroError(
      target.at,
      'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
    );
  const name = '@__sortBy_input__';
  const keys = map(make, make.ident(name), args);
  const sorted = make.member('@sortByAssociatedKeys', make.ident(name), keys);
  return bind(make, name, target, sorted, '#unused');
};

const receivers: Readonly<Record<string, Expander>> = {
  'all:2': all(quantifier),
  'exists:2': exists(quantifier),
  'exists_one:2': existsOne(quantifier),
  'map:2': map,
  'map:3': map,
  'filter:2': filter,
  'optMap:2': optional('optMap', (make, value) => make.call('optional.of', value)),
  'optFlatMap:2': optional('optFlatMap', (_make, value) => value),
  'all:3': all(twoVariables),
  'exists:3': exists(twoVariables),
  'existsOne:3': existsOne(twoVariables),
  'exists_one:3': existsOne(twoVariables),
  'transformList:3': transformList,
  'transformList:4': transformList,
  'transformMap:3': transformMap,
  'transformMap:4': transformMap,
  'transformMapEntry:3': transformMapEntry,
  'transformMapEntry:4': transformMapEntry,
  'sortBy:2': sortBy,
};

/** What a call stands for, itself when it is no macro; throws MacroError. */
export function expandMacro(call: Call): Expr {
  const { name, target, args, at } = call;
  if (target !== undefined) {
    const key = `${name}:${args.length}`;
    return Object.hasOwn(receivers, key) ? receivers[key]!(new Maker(at), target, args) : call;
  }
  if (name !== 'has' || args.length !== 1) return call;
  const arg = args[0]!;
  if (arg.kind !== 'select') throw new MacroError(arg.at, 'invalid argument to has() macro');
  return { kind: 'select', operand: arg.operand, field: arg.field, testOnly: true, at };
}
