// Static bearer tokens from a CSV file: token,user,uid,"group1,group2".
// Upstream: k8s.io/apiserver/pkg/authentication/token/tokenfile/tokenfile.go.
import type { TokenAuthenticator } from './authenticator.ts';

function parseCsvLine(line: string): string[] {
  const fields: string[] = [];
  for (const match of line.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,]*))\s*(?:,|$)/g)) {
    if (match.index >= line.length && fields.length > 0 && !line.endsWith(',')) break;
    fields.push(match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('""', '"'));
  }
  return fields;
}

/** Reads the text of a token file. Throws with the line number where a line has too few fields. */
export function tokenFileAuthenticator(text: string): TokenAuthenticator {
  const users = new Map<string, ReturnType<TokenAuthenticator['authenticate']>>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [token, name, uid, groups] = parseCsvLine(line);
    if (!token || !name || uid === undefined) {
      throw Object.assign(new Error(`token file, line ${at + 1}: expected at least token,user,uid`), {
        code: 'ERR_TOKEN_FILE',
      });
    }
    const user = {
      name,
      uid,
      groups: (groups ?? '')
        .split(',')
        .map((g) => g.trim())
        .filter(Boolean),
      extra: {},
    };
    users.set(token, { user, audiences: undefined });
  }
  return { authenticate: (token) => users.get(token) };
}
