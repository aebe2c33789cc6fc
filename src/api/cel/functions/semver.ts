// Semantic versions. Upstream: k8s.io/apiserver/pkg/cel/library/semverlib.go; the rules and texts are those of
// github.com/blang/semver/v4.
import { goQuote } from '../../go-text.ts';
import { EvaluationError, type OpaqueValue, type Value } from '../values/value.ts';

class SemverError extends Error {}

type Identifier = bigint | string;

/** A version as a value. */
class SemverValue implements OpaqueValue {
  readonly tag = 'opaque';
  readonly typeName = 'kubernetes.Semver';
  readonly numbers: readonly bigint[];
  readonly prerelease: readonly Identifier[];

  constructor(numbers: readonly bigint[], prerelease: readonly Identifier[]) {
    this.numbers = numbers;
    this.prerelease = prerelease;
  }

  equals(other: OpaqueValue): Value {
    return other instanceof SemverValue && compareVersions(this, other) === 0;
  }
}

function compareIdentifiers(a: Identifier, b: Identifier): number {
  if (typeof a !== typeof b) return typeof a === 'bigint' ? -1 : 1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function compareVersions(a: SemverValue, b: SemverValue): number {
  for (let i = 0; i < 3; i++) {
    const order = compareIdentifiers(a.numbers[i]!, b.numbers[i]!);
    if (order !== 0) return order;
  }
  if (a.prerelease.length === 0 || b.prerelease.length === 0)
    return Math.sign(b.prerelease.length - a.prerelease.length);
  for (let i = 0; i < a.prerelease.length && i < b.prerelease.length; i++) {
    const order = compareIdentifiers(a.prerelease[i]!, b.prerelease[i]!);
    if (order !== 0) return order;
  }
  return Math.sign(a.prerelease.length - b.prerelease.length);
}

function parseNumber(name: string, text: string): bigint {
  if (!/^[0-9]*$/.test(text))
    throw new SemverError(`Invalid character(s) found in ${name.toLowerCase()} number ${goQuote(text)}`);
  if (text.length > 1 && text.startsWith('0'))
    throw new SemverError(`${name} number must not contain leading zeroes ${goQuote(text)}`);
  if (text === '') throw new SemverError('strconv.ParseUint: parsing "": invalid syntax');
  const value = BigInt(text);
  if (value >= 2n ** 64n)
    throw new SemverError(`strconv.ParseUint: parsing ${goQuote(text)}: value out of range`);
  return value;
}

function parseIdentifier(text: string): Identifier {
  if (text === '') throw new SemverError('Prerelease is empty');
  if (/^[0-9]+$/.test(text)) {
    if (text.length > 1 && text.startsWith('0'))
      throw new SemverError(`Numeric PreRelease version must not contain leading zeroes ${goQuote(text)}`);
    return BigInt(text);
  }
  if (!/^[0-9A-Za-z-]+$/.test(text))
    throw new SemverError(`Invalid character(s) found in prerelease ${goQuote(text)}`);
  return text;
}

function checkBuild(text: string): void {
  for (const part of text.split('.')) {
    if (part === '') throw new SemverError('Build meta data is empty');
    if (!/^[0-9A-Za-z-]+$/.test(part))
      throw new SemverError(`Invalid character(s) found in build meta data ${goQuote(part)}`);
  }
}

function parseSemver(text: string): SemverValue {
  if (text === '') throw new SemverError('Version string empty');
  const [major, minor, ...rest] = text.split('.');
  if (major === undefined || minor === undefined || rest.length === 0)
    throw new SemverError('No Major.Minor.Patch elements found');
  const numbers = [parseNumber('Major', major), parseNumber('Minor', minor)];
  let patch = rest.join('.');
  const build = patch.indexOf('+');
  const buildText = build < 0 ? undefined : patch.slice(build + 1);
  if (build >= 0) patch = patch.slice(0, build);
  const dash = patch.indexOf('-');
  const prerelease = dash < 0 ? [] : patch.slice(dash + 1).split('.');
  numbers.push(parseNumber('Patch', dash < 0 ? patch : patch.slice(0, dash)));
  const identifiers = prerelease.map(parseIdentifier);
  if (buildText !== undefined) checkBuild(buildText);
  return new SemverValue(numbers, identifiers);
}

/** Without a leading v and leading zeros, and with the parts that are missing. */
function normalized(text: string): string {
  const [major = '', minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [
    major,
    ...(minor === undefined ? [] : [minor]),
    ...(rest.length === 0 ? [] : [rest.join('.')]),
  ];
  const trimmed = parts.map((part) =>
    part.length > 1 ? part.replace(/^0+/, '').replace(/^(?![0-9])/, '0') : part,
  );
  if (trimmed.length === 3) return trimmed.join('.');
  if (/[+-]/.test(trimmed.at(-1)!))
    throw new SemverError('short version cannot contain PreRelease/Build meta data');
  while (trimmed.length < 3) trimmed.push('0');
  return trimmed.join('.');
}

function semver(text: string, normalize = false): Value {
  try {
    return parseSemver(normalize ? normalized(text) : text);
  } catch (error) {
    if (error instanceof SemverError) return new EvaluationError(error.message);
    throw error;
  }
}

const isSemver = (text: string, normalize = false): Value =>
  !(semver(text, normalize) instanceof EvaluationError);

function compared(holds: (order: number) => Value) {
  return (a: SemverValue, b: SemverValue): Value => holds(compareVersions(a, b));
}

export const semverFunctions = {
  string_to_semver: semver,
  string_bool_to_semver: semver,
  is_semver_string: isSemver,
  is_semver_string_bool: isSemver,
  semver_major: ({ numbers }: SemverValue) => numbers[0]!,
  semver_minor: ({ numbers }: SemverValue) => numbers[1]!,
  semver_patch: ({ numbers }: SemverValue) => numbers[2]!,
  semver_is_greater_than: compared((order) => order > 0),
  semver_is_less_than: compared((order) => order < 0),
  semver_compare_to: compared((order) => BigInt(order)),
};
