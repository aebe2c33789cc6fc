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

function make(text: string): Pattern {
  let expression: RE2JS | undefined;
  let problem: string | undefined;
  const compile = (): void => {
    if (expression !== undefined || problem !== undefined) return;
    try {
      expression = RE2JS.compile(text);
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
  };
  return {
    text,
    matches(value) {
      compile();
      return expression?.test(value) ?? false;
    },
    fault() {
      compile();
      return problem;
    },
  };
}

/** The pattern of a text; equal texts share one. */
export function compilePattern(text: string): Pattern {
  let pattern = compiled.get(text);
  if (pattern === undefined) {
    pattern = make(text);
    if (compiled.size >= kept) compiled.clear();
    compiled.set(text, pattern);
  }
  return pattern;
}
