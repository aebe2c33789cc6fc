// The way to the expression language for modules that load at start-up: it loads when the first admission configuration
// with expressions comes in, not before. Who admits such configurations awaits `loadExpressions` first.

import type * as compiling from './expression-compiler.ts';
import type { ExpressionCompiler } from './expression-compiler.ts';

/** What can be done with expressions. */
export type Expressions = typeof compiling;
export type { ExpressionCompiler };

let loaded: Expressions | undefined;

/** Loads the expression language; the second call returns at once what the first one loaded. */
export async function loadExpressions(): Promise<Expressions> {
  loaded ??= await import('./expression-compiler.ts');
  return loaded;
}

/** What `loadExpressions` has loaded, undefined before. */
export function loadedExpressions(): Expressions | undefined {
  return loaded;
}

/** Whether an admission configuration has expressions anywhere: cheap, for deciding whether to load. */
export function mentionsExpressions(configuration: object): boolean {
  return /"(?:e|messageE|valueE)xpression":"/.test(JSON.stringify(configuration));
}
