// Where base64 text goes wrong, as Go counts it. Upstream: encoding/base64's decodeQuantum.

const alphabet = /[A-Za-z0-9+/]/;
const lineEnd = /[\r\n]/;

/** `illegal base64 data at input byte N`, or undefined when the text is good. */
export function base64Problem(text: string): string | undefined {
  const bytes = Buffer.from(text).toString('latin1');
  const at = firstFault(bytes);
  return at === undefined ? undefined : `illegal base64 data at input byte ${at}`;
}

function firstFault(bytes: string): number | undefined {
  let si = 0;
  while (si < bytes.length) {
    let j = 0;
    while (j < 4) {
      if (si === bytes.length) return j === 0 ? undefined : si - j;
      const ch = bytes[si++]!;
      if (lineEnd.test(ch)) continue;
      if (alphabet.test(ch)) {
        j++;
        continue;
      }
      return ch === '=' ? paddingFault(bytes, si, j) : si - 1;
    }
  }
  return undefined;
}

function skipLineEnds(bytes: string, from: number): number {
  let at = from;
  while (at < bytes.length && lineEnd.test(bytes[at]!)) at++;
  return at;
}

/** After the first `=`, with `j` characters of its quantum before it. */
function paddingFault(bytes: string, after: number, j: number): number | undefined {
  if (j < 2) return after - 1;
  let si = after;
  if (j === 2) {
    si = skipLineEnds(bytes, si);
    if (si === bytes.length) return bytes.length;
    if (bytes[si] !== '=') return si - 1;
    si++;
  }
  si = skipLineEnds(bytes, si);
  return si < bytes.length ? si : undefined;
}
