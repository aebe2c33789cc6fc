// Command line options, declared once: what parses, what `--help` prints, and what a typo is told.
/** One option. */
export interface OptionDefinition {
  readonly name: string;
  /** How the value is shown in the help; absent: a switch. */
  readonly value?: string;
  readonly default?: string;
  readonly help: string;
  /** May be given several times or as a list with commas. */
  readonly multiple?: boolean;
}

/** Options under a heading of the help. */
export interface OptionGroup {
  readonly title: string;
  readonly options: readonly OptionDefinition[];
}

/** A mistake of the user; its message is printed without a stack. */
export class UsageError extends Error {}

/** Letters to change, add or drop to get from one text to the other. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The known name nearest to a mistyped one. */
export function nearest(name: string, known: readonly string[]): string {
  return [...known].sort((a, b) => distance(name, a) - distance(name, b))[0] ?? '';
}

/** The values of a command line: every option has one, its default where it was not given. */
export interface ParsedOptions {
  text(name: string): string;
  list(name: string): string[];
  flag(name: string): boolean;
  /** What was given, and the defaults of the others that have one, by name; lists as Go prints them. */
  all(): Record<string, string>;
}

/** Parses `--name value`, `--name=value` and switches. Throws UsageError naming the nearest known option. */
export function parseOptions(
  command: string,
  args: readonly string[],
  groups: readonly OptionGroup[],
): ParsedOptions {
  const known = new Map(groups.flatMap((g) => g.options).map((o) => [o.name, o]));
  const given = new Map<string, string[]>();
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    // an empty variable of a script; kube-apiserver lets it pass, too
    if (arg === '') continue;
    if (!arg.startsWith('--'))
      throw new UsageError(
        `${command}: unexpected argument ${JSON.stringify(arg)}; options start with --, see ${command} --help`,
      );
    const at = arg.indexOf('=');
    const name = arg.slice(2, at < 0 ? undefined : at);
    const option = known.get(name);
    if (!option)
      throw new UsageError(
        `${command}: unknown option --${name}; did you mean --${nearest(name, [...known.keys()])}? See ${command} --help`,
      );
    let value = at < 0 ? undefined : arg.slice(at + 1);
    if (value === undefined && option.value === undefined) value = 'true';
    if (value === undefined) value = args[++i];
    if (value === undefined)
      throw new UsageError(`${command}: --${name} needs a value: --${name} ${option.value}`);
    given.set(name, [...(given.get(name) ?? []), value]);
  }
  const last = (name: string): string => given.get(name)?.at(-1) ?? known.get(name)?.default ?? '';
  const list = (name: string): string[] =>
    (given.get(name) ?? [last(name)]).flatMap((v) => v.split(',')).filter(Boolean);
  return {
    text: last,
    list,
    flag: (name) => !['', 'false', '0'].includes(last(name)),
    all() {
      const told = [...known.values()].filter(({ name, default: fallback }) => given.has(name) || fallback);
      return Object.fromEntries(
        told.map(({ name, multiple, value }) => {
          const values = list(name).join(',');
          // a map has no brackets
          return [name, !multiple ? last(name) : value?.includes('=') ? values : `[${values}]`];
        }),
      );
    },
  };
}

/** The help of a command. */
export function helpText(usage: string, about: string, groups: readonly OptionGroup[]): string {
  const lines = [about, '', `Usage: ${usage}`];
  for (const { title, options } of groups) {
    lines.push('', `${title}:`);
    for (const { name, value, default: fallback, help } of options) {
      const head = `  --${name}${value === undefined ? '' : ` ${value}`}`;
      const shown = fallback ? `${help} (default ${fallback})` : help;
      lines.push(`${head.padEnd(38)} ${shown}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
