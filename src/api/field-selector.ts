// Field selectors: `metadata.name=a,status.phase!=Running`, with `\` before `\`, `,` and `=` in values.
// Upstream: k8s.io/apimachinery/pkg/fields/selector.go.
import { SelectorError } from './label-selector.ts';

/** One condition on one field. */
export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** All requirements must hold; none select everything. */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  /** `read` gives a field's text; '' for a field that is not set. */
  matches(read: (field: string) => string): boolean {
    for (const { field, operator, value } of this.requirements) {
      if ((read(field) === value) !== (operator === '=')) return false;
    }
    return true;
  }

  /** Whether it selects everything. */
  isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  /** The only value that the field may have, if the selector asks for one. */
  exactMatch(field: string): string | undefined {
    return this.requirements.find((r) => r.field === field && r.operator === '=')?.value;
  }

  toString(): string {
    return this.requirements.map((r) => `${r.field}${r.operator}${escapeFieldValue(r.value)}`).join(',');
  }
}

export const everyField: FieldSelector = new FieldSelector([]);

/** Puts `\` before the three characters that mean something in a selector. */
export function escapeFieldValue(value: string): string {
  return value.replace(/[\\,=]/g, '\\$&');
}

function unescapeFieldValue(text: string): string {
  if (!/[\\,=]/.test(text)) return text;
  let value = '';
  let escaped = false;
  for (const ch of text) {
    if (escaped) {
      if (ch !== '\\' && ch !== ',' && ch !== '=')
        throw new SelectorError(`invalid field selector: invalid escape sequence: \\${ch}`);
      value += ch;
      escaped = false;
    } else if (ch === '\\') escaped = true;
    else if (ch === ',' || ch === '=')
      // Upstream prints the rune's number here.
      throw new SelectorError(`invalid field selector: unescaped character in value: ${ch.codePointAt(0)}`);
    else value += ch;
  }
  if (escaped) throw new SelectorError('invalid field selector: invalid escape sequence: \\');
  return value;
}

/** Splits at commas that no backslash precedes. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  let escaped = false;
  for (let i = 0; i < text.length; i++) {
    if (escaped) escaped = false;
    else if (text[i] === '\\') escaped = true;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

/** The first operator splits; `==` is the same as `=`. */
function parseTerm(term: string): FieldRequirement | undefined {
  const at = term.search(/!=|=/);
  if (at < 0) return undefined;
  const negative = term[at] === '!';
  const length = negative || term[at + 1] === '=' ? 2 : 1;
  return {
    field: term.slice(0, at),
    operator: negative ? '!=' : '=',
    value: unescapeFieldValue(term.slice(at + length)),
  };
}

/** Parses a field selector; which fields a kind has is checked by the caller. Throws SelectorError. */
export function parseFieldSelector(text: string): FieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text).sort()) {
    if (term === '') continue;
    const requirement = parseTerm(term);
    if (requirement === undefined)
      throw new SelectorError(`invalid selector: '${text}'; can't understand '${term}'`);
    // A bare `=` asks for nothing: upstream skips a term whose field and value are both empty.
    if (requirement.field !== '' || requirement.value !== '') requirements.push(requirement);
  }
  return requirements.length === 0 ? everyField : new FieldSelector(requirements);
}
