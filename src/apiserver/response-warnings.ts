// The `Warning` headers of one response: each text once, within a limit, as bytes that HTTP can carry.
// Upstream: k8s.io/apiserver/pkg/endpoints/filters/warning.go, NewWarningHeader in apimachinery/pkg/util/net/http.go.

/** Beyond so many characters in all, each text is cut. */
const mostCharacters = 4 * 1024;
const mostWhenCut = 256;

// unicode.IsControl; such a text is no header at all
const control = /\p{Cc}/u;

function cut(text: string): string {
  const runes = [...text];
  return runes.length > mostWhenCut ? runes.slice(0, mostWhenCut).join('') : text;
}

function lengthOf(text: string): number {
  return [...text].length;
}

/** Node writes a header's characters as bytes, and refuses those that are none. */
function headerOf(text: string): string {
  const quoted = text.replace(/["\\]/g, '\\$&');
  return Buffer.from(`299 - "${quoted}"`).toString('latin1');
}

/** Collects warnings. */
export class ResponseWarnings {
  private readonly texts = new Set<string>();

  add(text: string): void {
    if (text !== '') this.texts.add(text);
  }

  /** The headers' values in the order of the warnings; undefined without any. */
  headers(): string[] | undefined {
    const shown = [...this.texts].filter((text) => !control.test(text));
    if (shown.length === 0) return undefined;
    const total = shown.reduce((sum, text) => sum + lengthOf(text), 0);
    if (total <= mostCharacters) return shown.map(headerOf);
    const headers: string[] = [];
    let written = 0;
    for (const text of shown.map(cut)) {
      if (written >= mostCharacters) break;
      written += lengthOf(text);
      headers.push(headerOf(text));
    }
    return headers;
  }
}
