// Texts as Go prints them, because error messages are compared to the letter: %q quoting and encoding/json's escaping.

const shortEscapes: Record<string, string> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be escaped
const needsQuoting =
  /[\x00-\x1f"\\\x7f-\xa0\u00ad\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff](?![\udc00-\udfff])/g;

function escapeRune(ch: string): string {
  const short = shortEscapes[ch];
  if (short !== undefined) return short;
  const code = ch.charCodeAt(0);
  if (code >= 0xd800 && code <= 0xdfff) {
    return '\ufffd';
  }
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`;
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Go's strconv.Quote. */
export function goQuote(text: string): string {
  return `"${text.replace(needsQuoting, (ch, offset: number) => {
    // The second half of a surrogate pair is part of a good rune.
    const before = offset > 0 ? text.charCodeAt(offset - 1) : 0;
    if (/[\udc00-\udfff]/.test(ch) && before >= 0xd800 && before <= 0xdbff) return ch;
    return escapeRune(ch);
  })}"`;
}

/** encoding/json's Marshal: like JSON.stringify, with <, >, & and the two line separators escaped. */
export function goJson(value: unknown): string {
  const text = JSON.stringify(value) ?? 'null';
  return text.replace(/[<>&\u2028\u2029]/g, (ch) => `\\u${ch.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
