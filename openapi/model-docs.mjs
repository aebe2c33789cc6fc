// What npm kubernetes-models says of the fields of a type. Its declarations keep the texts of fields that are objects of another
// type, and the line ends in texts; client-node's have neither.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);
const models = dirname(require.resolve('kubernetes-models/package.json'));
const machinery = dirname(require.resolve('@kubernetes-models/apimachinery/package.json'));

const machineryFolders = {
  'meta/v1': 'apis/meta/v1',
  intstr: 'util/intstr',
  runtime: 'runtime',
  version: 'version',
};

function folderOf(groupVersion) {
  const shared = machineryFolders[groupVersion];
  if (shared !== undefined) return join(machinery, shared);
  return join(models, groupVersion.replace(/^core\//, ''));
}

function commentText(comment) {
  return comment
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s*@deprecated\s*$/, '')
    .replaceAll('*\\/', '*/')
    .replace(/\\([*_`~<>#[\]|])/g, '$1')
    .trim();
}

/** The texts of a type ('' has its own) and of its fields, '' where it has none; empty when the package does not know the type. */
export function modelDocs(groupVersion, name) {
  const file = join(folderOf(groupVersion), `${name}.d.ts`);
  const docs = {};
  if (!existsSync(file)) return docs;
  const text = readFileSync(file, 'utf8');
  const start = text.search(new RegExp(`^export (interface|type|declare type) I${name}\\b`, 'm'));
  if (start < 0) return docs;
  const above = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*$/.exec(text.slice(0, start));
  if (above) docs[''] = commentText(above[1]);
  const body = text.slice(start, text.indexOf('\n}', start));
  for (const [, comment, field] of body.matchAll(
    /^ {4}(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?"([^"]+)"\??:/gm,
  ))
    docs[field] = comment === undefined ? '' : commentText(comment);
  // what tells the kind is declared by its value, without a text
  if (docs.kind === '' && docs.apiVersion === '') {
    delete docs.kind;
    delete docs.apiVersion;
  }
  return docs;
}
