// The way to the expression language for the rules of claims and classes, which load at start-up: it loads when the first
// selector with an expression comes in, not before. Who admits such objects awaits `loadSelectors` first.
import type * as compiling from './compile-selector.ts';

/** What can be done with selectors. */
export type Selectors = typeof compiling;

let loaded: Selectors | undefined;

/** Loads the expression language; the second call returns at once what the first one loaded. */
export async function loadSelectors(): Promise<Selectors> {
  loaded ??= await import('./compile-selector.ts');
  return loaded;
}

/** What `loadSelectors` has loaded, undefined before. */
export function loadedSelectors(): Selectors | undefined {
  return loaded;
}

/** Whether an object has selectors anywhere: cheap, for deciding whether to load. */
export function mentionsSelectors(object: object): boolean {
  return JSON.stringify(object).includes('"cel":{');
}
