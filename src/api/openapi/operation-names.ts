// How operations, groups and kinds are called in an OpenAPI document.
// Upstream: k8s.io/apiserver/pkg/endpoints/openapi/openapi.go.

/** The text with its first letter in upper case. */
export const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1);

/** `apps/v1` as it stands in operation ids (`AppsV1`) and tags (`apps_v1`). */
export function groupVersionName(group: string, version: string): { id: string; tag: string } {
  const { id, tag } = groupName(group);
  return { id: id + capital(version), tag: `${tag}_${version}` };
}

/** A group as it stands there. */
export function groupName(group: string): { id: string; tag: string } {
  const tag = group === '' ? 'core' : camelCase(group.replace(/\.k8s\.io$/, ''));
  return { id: capital(tag), tag };
}

/** Letters and digits, capitals where something else was left out. Upstream: ToValidOperationID in endpoints/openapi. */
function camelCase(text: string): string {
  const [first = '', ...parts] = text.replace(/^\d/, '-').split(/[^\p{L}\p{Nd}_]+/u);
  return (
    first +
    parts
      .filter((part) => part !== '')
      .map(capital)
      .join('')
  );
}

/** ` a `, ` an ` or, before what looks like a plural, a blank. Upstream: GetArticleForNoun in endpoints/installer.go. */
export function article(noun: string): string {
  if (noun.endsWith('s') && !noun.endsWith('ss')) return ' ';
  return /^[aeiou]/i.test(noun) ? ' an ' : ' a ';
}
