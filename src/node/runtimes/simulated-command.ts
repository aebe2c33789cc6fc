// What a simulated process does: which lines it writes when, and when it ends. Shells are understood as far as manifests
// of tutorials and tests go: echo, sleep, exit, date, env, true, false, &&, ||, ;, and endless loops of them. A command that
// is not understood goes on until it is stopped, unless an `exit` follows it.
import { parseDuration } from '../../api/duration.ts';

/** A line, at so many milliseconds after the start. `text` may depend on the time. */
export interface PlannedLine {
  readonly afterMs: number;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string | ((at: number) => string);
}

/** The life of a process, from its start on. */
export interface ProcessPlan {
  readonly lines: readonly PlannedLine[];
  /** Undefined: it runs until it is stopped. */
  readonly end: { readonly afterMs: number; readonly exitCode: number } | undefined;
  /** Lines that come again and again: their `afterMs` counts from the round's start. */
  readonly loop:
    | { readonly fromMs: number; readonly everyMs: number; readonly lines: readonly PlannedLine[] }
    | undefined;
}

/** A process that runs until it is stopped. */
export const endless: ProcessPlan = { lines: [], end: undefined, loop: undefined };

type Environment = readonly { readonly name: string; readonly value: string }[];

const separators = new Set([';', '&&', '||', '|', '&', '\n']);

/** Splits a script into words and separators. Quotes are taken off; what stood in single quotes is not expanded. */
function wordsOf(script: string, env: Environment): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const end = (): void => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const pattern =
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|(&&|\|\||[;|\n]|(?<![>\d])&(?!\d))|([^\S\n]+)|\\(.)|([^\s'";|&\\]+|&\d?)/gs;
  for (const [, single, double, separator, space, escaped, plain] of script.matchAll(pattern)) {
    if (separator !== undefined) {
      end();
      words.push(separator);
    } else if (space !== undefined) end();
    else if (single !== undefined) word = (word ?? '') + single;
    else if (double !== undefined) word = (word ?? '') + expand(double.replace(/\\(["\\$`])/g, '$1'), env);
    else word = (word ?? '') + (escaped ?? expand(plain!, env));
  }
  end();
  return words;
}

function expand(text: string, env: Environment): string {
  return text.replace(/\$(?:\{(\w+)\}|([A-Za-z_]\w*))/g, (_, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    return env.find((e) => e.name === name)?.value ?? '';
  });
}

function seconds(text: string | undefined): number | undefined {
  if (text === 'infinity' || text === 'inf') return Number.POSITIVE_INFINITY;
  const match = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(text ?? '');
  if (!match) return undefined;
  return Number(match[1]) * { s: 1, m: 60, h: 3600, d: 86_400, '': 1 }[match[2] as 's']!;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time as `date` prints it. */
function dateText(at: number): string {
  const date = new Date(at);
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const time = date.toISOString().slice(11, 19);
  return `${days[date.getUTCDay()]} ${months[date.getUTCMonth()]} ${day} ${time} UTC ${date.getUTCFullYear()}`;
}

// Commands that are over at once and print nothing here: there are no files.
const silent = new Set(
  'true : set cd export touch mkdir rm cp mv ln cat ls chmod chown test [ trap umask unset sync kill wget'.split(
    ' ',
  ),
);

/** Reads statements one after the other. */
class Reader {
  readonly lines: PlannedLine[] = [];
  loop: ProcessPlan['loop'];
  private readonly env: Environment;
  private readonly words: readonly string[];
  private at = 0;
  private clockMs = 0;
  private status = 0;

  constructor(words: readonly string[], env: Environment) {
    this.words = words;
    this.env = env;
  }

  /** When and how the process ends; undefined: never. */
  run(): ProcessPlan['end'] {
    while (this.at < this.words.length) {
      const separator = separators.has(this.words[this.at]!) ? this.words[this.at++] : undefined;
      const statement = this.statement();
      if (statement.length === 0) continue;
      if (separator === '&&' && this.status !== 0) continue;
      if (separator === '||' && this.status === 0) continue;
      if (statement[0] === 'exit') return { afterMs: this.clockMs, exitCode: this.exitCode(statement[1]) };
      if (statement[0] === 'while' || statement[0] === 'until') {
        if (!this.endlessLoop(statement)) this.skipLoop();
        return undefined;
      }
      if (!this.perform(statement)) {
        if (!this.words.includes('exit', this.at)) return undefined;
        this.status = 0;
      }
      if (this.clockMs === Number.POSITIVE_INFINITY) return undefined;
    }
    return { afterMs: this.clockMs, exitCode: this.status };
  }

  private exitCode(text: string | undefined): number {
    const code = Number(text ?? this.status);
    return Number.isInteger(code) ? code & 255 : 2;
  }

  private statement(): string[] {
    const from = this.at;
    while (this.at < this.words.length && !separators.has(this.words[this.at]!)) this.at++;
    return this.words.slice(from, this.at);
  }

  /** `while true; do BODY; done`: its body becomes the plan's loop. False when the loop is of another kind. */
  private endlessLoop(statement: readonly string[]): boolean {
    const condition = statement.slice(1);
    const pause = condition[0] === 'sleep' ? seconds(condition[1]) : undefined;
    if (statement[0] !== 'while' || (pause === undefined && !['true', ':', '1'].includes(condition[0] ?? '')))
      return false;
    const done = this.words.lastIndexOf('done');
    const body = this.words.slice(this.at, done < 0 ? undefined : done).map((w) => (w === 'do' ? ';' : w));
    const round = new Reader(body, this.env);
    if (pause !== undefined) round.clockMs = pause * 1000;
    const end = round.run();
    this.loop = {
      fromMs: this.clockMs,
      everyMs: end?.afterMs ?? Number.POSITIVE_INFINITY,
      lines: round.lines,
    };
    return true;
  }

  private skipLoop(): void {
    this.at = this.words.length;
  }

  /** Carries out one command. False when it is not understood. */
  private perform(statement: readonly string[]): boolean {
    const redirect = statement.findIndex((word) => /^\d?>/.test(word));
    const words = redirect < 0 ? statement : statement.slice(0, redirect);
    const target = redirect < 0 ? '' : statement.slice(redirect).join('');
    const [name, ...args] = words;
    this.status = 0;
    const print = (text: PlannedLine['text']): void => {
      if (target !== '' && !/^1?>&?2$|^>?\/dev\/(stdout|stderr)/.test(target) && !target.includes('&2'))
        return;
      const stream = target.includes('2') || target.includes('stderr') ? 'stderr' : 'stdout';
      this.lines.push({ afterMs: this.clockMs, stream, text });
    };
    switch (name) {
      case 'echo': {
        const bare = args[0] === '-n' || args[0] === '-e' ? args.slice(1) : args;
        const text = bare.join(' ');
        print(
          text.includes('$(date)')
            ? (at) => `${text.replaceAll('$(date)', dateText(at))}\n`
            : `${text}${args[0] === '-n' ? '' : '\n'}`,
        );
        return true;
      }
      case 'printf':
        print(args.join(' ').replaceAll('\\n', '\n'));
        return true;
      case 'date':
        print((at) => `${dateText(at)}\n`);
        return true;
      case 'env':
      case 'printenv':
        for (const { name: key, value } of this.env) print(`${key}=${value}\n`);
        return true;
      case 'sleep': {
        const time = seconds(args[0]);
        if (time === undefined) this.status = 1;
        else this.clockMs += time * 1000;
        return true;
      }
      case 'false':
        this.status = 1;
        return true;
      case 'exec':
        return args.length === 0 || this.perform(args);
      default:
        return name !== undefined && (silent.has(name) || /^[A-Za-z_]\w*=/.test(name));
    }
  }
}

/** What a process with this command line does. */
export function planOf(command: readonly string[], env: Environment): ProcessPlan {
  const [program = '', ...args] = command;
  const base = program.slice(program.lastIndexOf('/') + 1);
  const script = /^(?:ba|da|a|z|k)?sh$/.test(base) ? scriptOf(args) : undefined;
  const words = script === undefined ? [base, ...args] : wordsOf(script, env);
  const reader = new Reader(words, env);
  const end = reader.run();
  return { lines: reader.lines, end, loop: reader.loop };
}

/** The script behind `-c`. */
function scriptOf(args: readonly string[]): string | undefined {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  return at < 0 ? undefined : args[at + 1];
}

/** A duration of an annotation, in milliseconds; undefined when there is none or it can't be read. */
export function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    return Number(parseDuration(/^\d+$/.test(text) ? `${text}s` : text)) / 1e6;
  } catch {
    return undefined;
  }
}
