// What the labels of a namespace ask of its pods: a level and a version for each of three modes.
// Upstream: k8s.io/pod-security-admission/api/{constants,helpers}.go.
import { type FieldError, invalid } from '../../../api/field-error.ts';
import { path } from '../../../api/field-path.ts';

type Labels = Readonly<Record<string, string>>;

/** From the least to the most strict. */
const levels = ['privileged', 'baseline', 'restricted'] as const;

/** How strict a policy is. */
export type Level = (typeof levels)[number];

/** A level as of a minor release. */
export interface LevelVersion {
  readonly level: Level;
  /** `latest` or `v1.N`. */
  readonly version: string;
}

/** What is refused, and what is only warned of. Nobody reads what is to be audited; its labels are validated all the same. */
export interface NamespacePolicy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
  /** The labels that cannot be read, in upstream's order. */
  readonly errors: readonly FieldError[];
}

const prefix = 'pod-security.kubernetes.io/';
const permissive: LevelVersion = { level: 'privileged', version: 'latest' };
const unlabelled: NamespacePolicy = { enforce: permissive, warn: permissive, errors: [] };
const largestMinor = 2n ** 63n - 1n;

/** Below 0 where `a` is less strict than `b`, above 0 where it is more strict. */
export function compareLevels(a: Level, b: Level): number {
  return levels.indexOf(a) - levels.indexOf(b);
}

/** `restricted:latest`. */
export function levelText({ level, version }: LevelVersion): string {
  return `${level}:${version}`;
}

/** Whether both ask for the same, by their words. */
export function isSameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.version === b.version;
}

/** N of `v1.N`; infinite for `latest`. */
export function minorOf(version: string): number {
  return version === 'latest' ? Number.POSITIVE_INFINITY : Number(version.slice('v1.'.length));
}

function isLevel(text: string): text is Level {
  return (levels as readonly string[]).includes(text);
}

function isVersion(text: string): boolean {
  if (text === 'latest') return true;
  const minor = /^v1\.([0-9]|[1-9][0-9]*)$/.exec(text)?.[1];
  return minor !== undefined && BigInt(minor) <= largestMinor;
}

interface Mode {
  /** The level that was given and can be read. */
  readonly level: Level | undefined;
  readonly hasLevel: boolean;
  /** The version to use. A version that can't be read counts as the latest. */
  readonly version: string;
  readonly hasVersion: boolean;
}

function modeOf(labels: Labels, mode: string, errors: FieldError[]): Mode {
  const read = (label: string, isValid: (text: string) => boolean, detail: string): string | undefined => {
    const text = labels[label];
    if (text === undefined || isValid(text)) return text;
    errors.push(invalid(path('metadata', 'labels').key(label), text, detail));
    return undefined;
  };
  const [levelLabel, versionLabel] = [`${prefix}${mode}`, `${prefix}${mode}-version`];
  const level = read(levelLabel, isLevel, `must be one of ${levels.join(', ')}`);
  const version = read(versionLabel, isVersion, 'must be "latest" or "v1.x"');
  return {
    level: level as Level | undefined,
    hasLevel: labels[levelLabel] !== undefined,
    version: version ?? 'latest',
    hasVersion: labels[versionLabel] !== undefined,
  };
}

function isLabelled(labels: Labels): boolean {
  for (const label in labels) if (label.startsWith(prefix)) return true;
  return false;
}

/**
 * The policy of a namespace with these labels. Where a level can't be read, enforcement is restricted and warnings are off. Where
 * nothing says what to warn of, what is enforced is.
 */
export function policyOfLabels(labels: Labels | undefined): NamespacePolicy {
  if (!labels || !isLabelled(labels)) return unlabelled;
  const errors: FieldError[] = [];
  const enforce = modeOf(labels, 'enforce', errors);
  modeOf(labels, 'audit', errors);
  const warn = modeOf(labels, 'warn', errors);
  const followed =
    !warn.hasLevel && enforce.level !== undefined && enforce.level !== 'privileged'
      ? enforce.level
      : undefined;
  return {
    enforce: {
      level: enforce.level ?? (enforce.hasLevel ? 'restricted' : 'privileged'),
      version: enforce.version,
    },
    warn: {
      level: followed ?? warn.level ?? 'privileged',
      version: followed && !warn.hasVersion ? enforce.version : warn.version,
    },
    errors,
  };
}
