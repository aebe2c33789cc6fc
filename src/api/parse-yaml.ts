// Reads a YAML body as the JSON value it stands for, with upstream's rules and error texts. The yaml library is loaded on
// first use: hardly any request has a YAML body.
// Upstream: sigs.k8s.io/yaml (YAMLToJSON, YAMLToJSONStrict) over go.yaml.in/yaml/v2.
import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { goQuote } from './go-text.ts';
import { readJson, writeJson } from './long-integers.ts';
import type { Json } from './object.ts';
import type { ParsedJson } from './parse-json.ts';
import { resolvePlainScalar } from './yaml-scalar.ts';

/** The text is not YAML, or no JSON can be made of it. `message` is like Go's: `yaml: line 1: did not find ...`. */
export class YamlSyntaxError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'YamlSyntaxError';
  }
}

let library: typeof Yaml | undefined;

function yaml(): typeof Yaml {
  library ??= createRequire(import.meta.url)('yaml') as typeof Yaml;
  return library;
}

/** go-yaml's words for the faults that the library names otherwise. */
function faultText({ code, message }: { code: string; message: string }, line: number, text: string): string {
  if (/Flow (sequence|map)|flow collection|MISSING_CHAR/.test(message)) {
    const open = /[[{,:]\s*$/.test(text.trimEnd());
    const close = text.lastIndexOf('[') > text.lastIndexOf('{') ? ']' : '}';
    return `line ${line}: did not find expected ${open ? 'node content' : `',' or '${close}'`}`;
  }
  if (code === 'TAB_AS_INDENT' || /start with reserved character|Plain value cannot start/.test(message))
    return `${line > 1 ? `line ${line}: ` : ''}found character that cannot start any token`;
  if (/Nested mappings are not allowed|Implicit keys|mapping values/i.test(message))
    return `${line > 1 ? `line ${line}: ` : ''}mapping values are not allowed in this context`;
  if (/Missing closing .*quote/.test(message)) return 'found unexpected end of stream';
  if (/sequence|All collection items/i.test(message))
    return `line ${line}: did not find expected '-' indicator`;
  return `line ${line}: could not find expected ':'`;
}

const tooDeep = 'exceeded max depth of 10000';
// Values are walked recursively everywhere; go-yaml itself stops at 10000.
const maxDepth = 1000;
// What the library's lexer puts before the text of a scalar.
const scalarFollows = '\u001f';

/**
 * Throws YamlSyntaxError where brackets, or the dashes of one line, are nested too deep: the library would go on and report
 * every single one. Upstream: max_flow_level in go.yaml.in/yaml/v2/scannerc.go.
 */
function checkDepth(text: string): void {
  // every level takes a character
  if (text.length <= maxDepth) return;
  let flow = 0;
  let inLine = 0;
  let line = 1;
  let isScalar = false;
  for (const token of new (yaml().Lexer)().lex(text)) {
    const first = token[0];
    if (isScalar) isScalar = false;
    else if (token === scalarFollows) isScalar = true;
    else if (first === '[' || first === '{') flow++;
    else if (first === ']' || first === '}') flow--;
    else if (first === '-' || first === '?') inLine++;
    else if (first === '\n' || first === '\r') {
      inLine = 0;
      line++;
    }
    if (flow > maxDepth || inLine > maxDepth)
      throw new YamlSyntaxError(`yaml: ${line > 1 ? `line ${line}: ` : ''}${tooDeep}`);
  }
}

/** Makes values of the nodes of one document. */
class Converter {
  readonly duplicates: string[] = [];
  private readonly document: Yaml.Document.Parsed;
  private readonly lines: Yaml.LineCounter;
  private nodes = 0;

  constructor(document: Yaml.Document.Parsed, lines: Yaml.LineCounter) {
    this.document = document;
    this.lines = lines;
  }

  convert(node: unknown, depth = 0): Json {
    const { isAlias, isMap, isSeq, isScalar } = yaml();
    // go-yaml refuses documents that grow too large through aliases.
    if (++this.nodes > 4_000_000) throw new YamlSyntaxError('yaml: document contains excessive aliasing');
    if (depth > maxDepth) throw new YamlSyntaxError(`yaml: ${tooDeep}`);
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      if (target === undefined) throw new YamlSyntaxError(`yaml: unknown anchor '${node.source}' referenced`);
      return this.convert(target, depth + 1);
    }
    if (isMap(node)) return this.map(node, depth);
    if (isSeq(node)) return node.items.map((item) => this.convert(item, depth + 1));
    if (isScalar(node)) return jsonOf(scalarValue(node));
    return null;
  }

  private map(node: Yaml.YAMLMap, depth: number): Json {
    const members = new Map<string, Json>();
    const merged = new Map<string, Json>();
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) {
        for (const [name, member] of this.merge(value, depth))
          if (!merged.has(name)) merged.set(name, member);
        continue;
      }
      const name = this.keyText(key);
      if (members.has(name))
        this.duplicates.push(`  line ${this.lineOf(key)}: key ${goQuote(name)} already set in map`);
      members.set(name, this.convert(value, depth + 1));
    }
    for (const [name, member] of merged) if (!members.has(name)) members.set(name, member);
    return Object.fromEntries([...members].sort(([a], [b]) => (a < b ? -1 : Number(a > b))));
  }

  private merge(value: unknown, depth: number): [string, Json][] {
    const merged = this.convert(value, depth + 1);
    const sources = Array.isArray(merged) ? merged : [merged];
    return sources.flatMap((source) => {
      if (source === null || typeof source !== 'object' || Array.isArray(source))
        throw new YamlSyntaxError('yaml: map merge requires map or sequence of maps as the value');
      return Object.entries(source);
    });
  }

  private lineOf(node: unknown): number {
    const range = yaml().isNode(node) ? node.range : undefined;
    return range ? this.lines.linePos(range[0]).line : 1;
  }

  /** JSON has only string keys. */
  private keyText(key: unknown): string {
    const { isAlias, isScalar } = yaml();
    const node = isAlias(key) ? key.resolve(this.document) : key;
    if (!isScalar(node)) throw new YamlSyntaxError('yaml: invalid map key');
    const value = scalarValue(node);
    if (value === null)
      throw new YamlSyntaxError(
        'unsupported map key of type: %!s(<nil>), key: <nil>, value: interface {}(nil)',
      );
    return String(value);
  }
}

function isMergeKey(key: unknown): boolean {
  return yaml().isScalar(key) && key.type === 'PLAIN' && key.source === '<<';
}

const resolvingTags = new Set(['int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`));

function scalarValue(node: Yaml.Scalar): null | boolean | number | bigint | string {
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  if (node.tag !== undefined) return resolvingTags.has(node.tag) ? resolvePlainScalar(text) : text;
  return node.type === 'PLAIN' || node.type === undefined ? resolvePlainScalar(text) : text;
}

function jsonOf(value: null | boolean | number | bigint | string): Json {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw new YamlSyntaxError(`json: unsupported value: ${name}`);
  }
  // the type of JSON values leaves long integers out
  return value as Json;
}

/** What the library calls for each fault; not part of its types. */
interface FaultListener {
  onError(source: Yaml.CST.Token | number | number[], code: string, message: string, warning?: boolean): void;
}

/** A composer that throws at the first fault: a hostile text has hundreds of thousands, and making errors of all takes seconds. */
function strictComposer(text: string, lines: Yaml.LineCounter): Yaml.Composer {
  const { Composer } = yaml();
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, logLevel: 'silent' });
  const listener = composer as unknown as FaultListener;
  let first: YamlSyntaxError | undefined;
  listener.onError = (source, code, message, warning) => {
    if (warning) return;
    // the library makes a fault of what is thrown inside it
    if (first !== undefined) throw first;
    const offset =
      typeof source === 'number'
        ? source
        : Array.isArray(source)
          ? source[0]!
          : (source as { offset: number }).offset;
    const line = Math.max(1, lines.linePos(offset).line);
    first = new YamlSyntaxError(`yaml: ${faultText({ code, message }, line, text)}`);
    throw first;
  };
  return composer;
}

/** Parses the first document of a YAML body; throws YamlSyntaxError. */
export function parseYaml(body: Uint8Array | string): ParsedJson {
  const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
  checkDepth(text);
  const { LineCounter, Parser } = yaml();
  const lines = new LineCounter();
  const parser = new Parser(lines.addNewLine);
  const composer = strictComposer(text, lines);
  // What follows the first document is not even read.
  const [document] = composer.compose(parser.parse(text), true);
  if (document === undefined) return { value: null, text: 'null', duplicates: false, unusualNumbers: false };
  const converter = new Converter(document, lines);
  const converted = converter.convert(document.contents);
  const strictErrors =
    converter.duplicates.length > 0 ? [`yaml: unmarshal errors:\n${converter.duplicates.join('\n')}`] : [];
  // Numbers are read as those of JSON: what has more than 64 bits is a double.
  const json = writeJson(converted);
  return { value: readJson(json), text: json, duplicates: false, unusualNumbers: false, strictErrors };
}

/** A strict error of parseYaml as single texts, as they go into Warning headers; other messages as they are. */
export function yamlWarningTexts(message: string): string[] {
  const prefix = 'yaml: unmarshal errors:\n';
  if (!message.startsWith(prefix)) return [message];
  return message
    .slice(prefix.length)
    .split('\n')
    .map((line) => line.trim());
}
