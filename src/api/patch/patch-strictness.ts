// What strict field validation says of a patch's own body: duplicate members, and unknown ones in JSON patch operations.
// Upstream: applyJSPatch in k8s.io/apiserver/pkg/endpoints/handlers/patch.go over sigs.k8s.io/json.
import { goQuote } from '../go-text.ts';
import type { ParsedJson } from '../parse-json.ts';
import { type DocumentNode, documentOfText } from '../schema/json-document.ts';

const operationMembers = new Set(['op', 'path', 'from', 'value']);

function collect(node: DocumentNode, path: string, messages: string[]): void {
  if (node.kind === 'array')
    for (const [i, item] of node.items.entries()) collect(item, `${path}[${i}]`, messages);
  if (node.kind !== 'object') return;
  const seen = new Set<string>();
  for (const [name, member] of node.members) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (seen.has(name)) messages.push(`duplicate field ${goQuote(inner)}`);
    seen.add(name);
    collect(member, inner, messages);
  }
}

/** `duplicate field "data.a"` for a merge patch or a strategic merge patch, each text once. */
export function mergePatchStrictErrors(body: ParsedJson): string[] {
  if (!body.duplicates) return [];
  const messages: string[] = [];
  collect(documentOfText(body.text), '', messages);
  return [...new Set(messages)];
}

/** `json patch unknown field "[1].foo"`, and duplicates likewise. */
export function jsonPatchStrictErrors(body: ParsedJson): string[] {
  const document = documentOfText(body.text);
  if (document.kind !== 'array') return [];
  const messages: string[] = [];
  for (const [i, operation] of document.items.entries()) {
    if (operation.kind !== 'object') continue;
    const seen = new Set<string>();
    for (const [name, member] of operation.members) {
      const path = `[${i}].${name}`;
      if (!operationMembers.has(name)) messages.push(`json patch unknown field ${goQuote(path)}`);
      else if (seen.has(name)) messages.push(`json patch duplicate field ${goQuote(path)}`);
      seen.add(name);
      const inner: string[] = [];
      if (name === 'value') collect(member, path, inner);
      messages.push(...inner.map((message) => `json patch ${message}`));
    }
  }
  return [...new Set(messages)];
}
