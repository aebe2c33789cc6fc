// What the functions of Kubernetes' CEL do, by overload, or by function where one way serves all its overloads.
import type { Value } from '../values/value.ts';
import { addressFunctions } from './addresses.ts';
import { authorizerFunctions } from './authorizer.ts';
import { conversionFunctions } from './conversions.ts';
import { formatFunctions } from './formats.ts';
import { jsonPatchFunctions } from './json-patch.ts';
import { listFunctions } from './lists.ts';
import { optionalFunctions } from './optionals.ts';
import { quantityFunctions } from './quantities.ts';
import { regexFunctions } from './regex.ts';
import { semverFunctions } from './semver.ts';
import { stringFormatFunctions } from './string-format.ts';
import { stringFunctions } from './strings.ts';
import { timeFunctions } from './times.ts';
import { urlFunctions } from './urls.ts';

/** Arguments are never errors, and fit the overload. */
export type Implementations = Readonly<Record<string, (...args: never[]) => Value>>;

const parts: readonly Implementations[] = [
  conversionFunctions,
  stringFunctions,
  stringFormatFunctions,
  regexFunctions,
  listFunctions,
  optionalFunctions,
  timeFunctions,
  quantityFunctions,
  semverFunctions,
  addressFunctions,
  urlFunctions,
  formatFunctions,
  authorizerFunctions,
  jsonPatchFunctions,
];

/** Implementations by overload id or function name. */
export const implementations = Object.assign(Object.create(null), ...parts) as Record<
  string,
  (...args: Value[]) => Value
>;
