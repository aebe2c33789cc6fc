// Patterns as Go's regexp reads them (RE2), compiled when first used and kept.
// Upstream: k8s.io/kube-openapi/pkg/validation/validate/rexp.go.
import { RE2JS } from 're2js';

/** A pattern of a schema. */
export interface Pattern {
  readonly text: string;
  /** Whether some part of the text matches; false for a pattern that is no regular expression. */
  matches(text: string): boolean;
  /** Why the pattern is no regular expression; undefined for good ones. */
  fault(): string | undefined;
}

const compiled = new Map<string, Pattern>();
const kept = 2000;

class LazyPattern implements Pattern {
  readonly text: string;
  private expression: RE2JS | undefined;
  /** Null: there is none. */
  private problem: string | null | undefined;

  constructor(text: string) {
    this.text = text;
  }

  matches(value: string): boolean {
    if (this.problem !== undefined && this.problem !== null) return false;
    this.expression ??= this.compile();
    return this.expression?.test(value) ?? false;
  }

  fault(): string | undefined {
    // what it compiles is large, and most patterns are only looked at
    if (this.problem === undefined) this.compile();
    return this.problem ?? undefined;
  }

  private compile(): RE2JS | undefined {
    try {
      const expression = RE2JS.compile(this.text);
      this.problem = null;
      return expression;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}

/** The pattern of a text; equal texts share one. */
export function compilePattern(text: string): Pattern {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    pattern = new LazyPattern(text);
    if (compiled.size >= kept) compiled.clear();
    compiled.set(text, pattern);
  }
  return pattern;
}
