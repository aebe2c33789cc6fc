// Names of properties as expressions write them: `a.b` is `a__dot__b`.
// Upstream: k8s.io/apiserver/pkg/cel/escaping.go.

const reserved = new Set(
  (
    'true false null in as break const continue else for function if import let loop package namespace return ' +
    'var void while'
  ).split(' '),
);
const escapes: Readonly<Record<string, string>> = {
  __: '__underscores__',
  '.': '__dot__',
  '-': '__dash__',
  '/': '__slash__',
};
const unescapes: Readonly<Record<string, string>> = { underscores: '__', dot: '.', dash: '-', slash: '/' };

/** Whether the name is a keyword of the language. */
export function isReserved(name: string): boolean {
  return reserved.has(name);
}

/** The name in an expression; undefined when there is none for it. */
export function escapeName(name: string): string | undefined {
  if (/^[A-Za-z_][A-Za-z0-9]*$/.test(name) && !reserved.has(name)) return name;
  if (!/^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name)) return undefined;
  if (reserved.has(name)) return `__${name}__`;
  return name.replace(/__|[-./]/g, (part) => escapes[part]!);
}

/** The name that an expression means; undefined when it can mean none. */
export function unescapeName(escaped: string): string | undefined {
  if (!escaped.includes('__')) return escaped;
  let isWrong = false;
  const name = escaped.replace(/_{2}([^_]+)_{2}/g, (part, word: string) => {
    if (Object.hasOwn(unescapes, word)) return unescapes[word]!;
    if (!reserved.has(word) || part.length !== escaped.length) isWrong = true;
    return word;
  });
  return isWrong ? undefined : name;
}
