// Compares an answer with a recorded one: placeholders stand for what differs between runs.

const placeholder =
  /<(uid|rv|time|date|age|rand|jwt|continue|clusterIP|nodePort|etag|hostname|pem|unix-time|kid|ptr|hash|[a-z]+-token)>/g;

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function textMatches(expected: string, actual: string): boolean {
  if (expected === actual) return true;
  if (!/<[a-z]/.test(expected)) return false;
  const parts = expected.split(placeholder);
  // split with one group gives text and name in turn
  const pattern = parts.map((part, i) => (i % 2 === 0 ? escapeRegExp(part) : '[\\s\\S]+?')).join('');
  return new RegExp(`^${pattern}$`).test(actual);
}

type Members = Record<string, unknown>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}

/** A difference that every answer of 1.36 has beside one of 1.28. `owner` holds the member `name`. */
interface VersionRule {
  readonly reason: string;
  holds(name: string, expected: Members, actual: Members): boolean;
}

const versionRules: readonly VersionRule[] = [
  {
    reason: 'an unset creationTimestamp is left out, not printed as null (omitzero)',
    holds: (name, expected, actual) =>
      name === 'creationTimestamp' && expected[name] === null && actual[name] === undefined,
  },
  {
    reason: 'as it is left out nobody owns it',
    holds: (name, expected, actual) =>
      name === 'f:creationTimestamp' && expected[name] !== undefined && actual[name] === undefined,
  },
  {
    reason: 'the documentation of fields, which column descriptions repeat, was reworded',
    holds: (name, expected, actual) =>
      name === 'description' && 'priority' in expected && actual[name] !== '',
  },
  {
    reason: 'pods and claims have a generation (KEP-5067)',
    holds: (name, expected, actual) =>
      name === 'generation' &&
      expected[name] === undefined &&
      typeof actual[name] === 'number' &&
      'uid' in actual,
  },
];

/** The members with the names that are expected where these have placeholders, as keys of managedFields do. */
function withNamesOf(expected: Members, actual: Members): Members {
  const open = Object.keys(expected).filter((name) => !(name in actual) && /<[a-z]/.test(name));
  if (open.length === 0) return actual;
  const renamed = Object.entries(actual).map(([name, value]) => {
    const meant = name in expected ? name : open.find((wanted) => textMatches(wanted, name));
    return [meant ?? name, value] as const;
  });
  return Object.fromEntries(renamed);
}

/** The differences, one text each; none when the two agree. */
export function differences(expected: unknown, actual: unknown, at = ''): string[] {
  if (typeof expected === 'string') {
    const isNumber = typeof actual === 'number' && /^<(unix-time|nodePort|age)>$/.test(expected);
    if (isNumber || (typeof actual === 'string' && textMatches(expected, actual))) return [];
    return [`${at}: expected ${show(expected)}, got ${show(actual)}`];
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return [`${at}: expected a list, got ${show(actual)}`];
    const found: string[] = [];
    if (expected.length !== actual.length)
      found.push(
        `${at}: expected ${expected.length} items, got ${actual.length}: expected ${show(expected)}, got ${show(actual)}`,
      );
    for (let i = 0; i < Math.min(expected.length, actual.length); i++)
      found.push(...differences(expected[i], actual[i], `${at}/${i}`));
    return found;
  }
  if (isObject(expected)) {
    if (!isObject(actual)) return [`${at}: expected an object, got ${show(actual)}`];
    const found: string[] = [];
    const seen = withNamesOf(expected, actual);
    for (const name of new Set([...Object.keys(expected), ...Object.keys(seen)])) {
      if (versionRules.some((rule) => rule.holds(name, expected, seen))) continue;
      if (!(name in expected)) found.push(`${at}/${name}: not expected, got ${show(seen[name])}`);
      else found.push(...differences(expected[name], seen[name], `${at}/${name}`));
    }
    return found;
  }
  return Object.is(expected, actual) ? [] : [`${at}: expected ${show(expected)}, got ${show(actual)}`];
}
