// Writes the descriptions of all types and fields to openapi/generated/descriptions.json, taken from the declarations of
// npm kubernetes-models and, for what that leaves out, @kubernetes/client-node (both generated from a release's OpenAPI). One
// line per group version, for lazy lookup: {"core/v1": {"Pod": {"": "...", "spec": "..."}}}.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelDocs } from './model-docs.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const library = dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node'));
const models = join(library, 'gen', 'models');
const modelFiles = new Set(readdirSync(models));

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** How the client's generator spells a group in class names. */
function classPrefix(group) {
  if (group === 'internal.apiserver.k8s.io') return 'Apiserverinternal';
  return capital(group.split('.')[0]);
}

const entities = { '#39': "'", quot: '"', lt: '<', gt: '>', amp: '&', '#x60': '`', '#x3D': '=' };

function commentText(comment) {
  return (
    comment
      .replace(/^\s*\*\s?/gm, '')
      .replaceAll('*_/', '*/')
      .replace(/&(#39|quot|lt|gt|amp|#x60|#x3D);/g, (_, name) => entities[name])
      .replace(/\\(['"\\`])/g, '$1')
      // Line ends became blanks; two of them after a sentence were a paragraph.
      .replace(/([.:)"]) {2}(?=[A-Z])/g, '$1\n\n')
      .trim()
  );
}

/** The descriptions in one declaration: '' is the class, the rest its members. */
function readDeclaration(file) {
  const text = readFileSync(join(models, file), 'utf8');
  const docs = {};
  const known = [];
  const classDoc = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export declare class/.exec(text);
  if (classDoc && !classDoc[1].includes('auto generated')) docs[''] = commentText(classDoc[1]);
  const body = text.slice(
    text.indexOf('export declare class'),
    text.indexOf('static readonly discriminator'),
  );
  for (const match of body.matchAll(/(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?'([^']+)'\??:/g)) {
    known.push(match[2]);
    if (match[1]) docs[match[2]] = commentText(match[1]);
  }
  return { docs, known };
}

/** Names that JavaScript does not allow are spelled otherwise in the client. */
const spelledAs = (name) =>
  name.replace(/^(_default|_enum|_continue|_from|_in|_for|_not)$/, (found) => found.slice(1));

/** The class of a type: the name with its group where several groups have it, else without. */
function declarationOf(group, version, name, fields) {
  for (const candidate of [
    `${classPrefix(group)}${capital(version)}${name}.d.ts`,
    `${capital(version)}${name}.d.ts`,
  ]) {
    if (!modelFiles.has(candidate)) continue;
    const { docs, known } = readDeclaration(candidate);
    if (
      known.every((member) => fields.has(member) || fields.has(spelledAs(member)) || member.startsWith('$'))
    ) {
      return Object.fromEntries(Object.entries(docs).map(([member, doc]) => [spelledAs(member), doc]));
    }
  }
  return undefined;
}

const tables = {};
for (const file of readdirSync(join(here, 'types'))) {
  const name = file.replace(/\.json$/, '');
  const at = name.lastIndexOf('_');
  if (at < 0) continue;
  tables[`${name.slice(0, at)}/${name.slice(at + 1)}`] = JSON.parse(
    readFileSync(join(here, 'types', file), 'utf8'),
  ).types;
}

function fieldNames(ref) {
  const at = ref.lastIndexOf('.');
  const type = tables[ref.slice(0, at)]?.[ref.slice(at + 1)];
  return (type?.fields ?? []).flatMap((field) =>
    field.inline ? fieldNames(field.type) : [field.json, `_${field.json}`, field.json.replace('$', '')],
  );
}

/** Option kinds are no models; their fields are documented as parameters of an operation that takes them. */
const optionKinds = {
  'meta/v1': {
    ListOptions: ['CoreV1Api', 'listNamespacedPod'],
    CreateOptions: ['CoreV1Api', 'createNamespacedPod'],
    UpdateOptions: ['CoreV1Api', 'replaceNamespacedPod'],
    PatchOptions: ['CoreV1Api', 'patchNamespacedPod'],
  },
  'core/v1': {
    PodLogOptions: ['CoreV1Api', 'readNamespacedPodLog'],
    PodExecOptions: ['CoreV1Api', 'connectGetNamespacedPodExec'],
    PodAttachOptions: ['CoreV1Api', 'connectGetNamespacedPodAttach'],
    PodPortForwardOptions: ['CoreV1Api', 'connectGetNamespacedPodPortforward'],
    PodProxyOptions: ['CoreV1Api', 'connectGetNamespacedPodProxy'],
    ServiceProxyOptions: ['CoreV1Api', 'connectGetNamespacedServiceProxy'],
    NodeProxyOptions: ['CoreV1Api', 'connectGetNodeProxy'],
  },
};

/** A text in which line ends became blanks, with the lines that were indented. */
function indentedLines(text) {
  return (
    text
      .replace(/ {3,}(?=\S)/g, ({ length }) =>
        length % 2 === 1 ? `\n${' '.repeat(length - 1)}` : `\n\n${' '.repeat(length - 2)}`,
      )
      .replaceAll('. - `', '.\n- `')
      // an item of one word ended a list
      .replace(/^( {2}- \S+) {2}(?=\S)/gm, '$1\n\n')
  );
}

/** The `@param` texts of one method. */
function parameterDocs(api, method) {
  const text = readFileSync(join(library, 'gen', 'apis', `${api}.d.ts`), 'utf8');
  const head = text.slice(0, text.indexOf(`    ${method}(`));
  const comment = head.slice(head.lastIndexOf('/**'));
  const docs = {};
  for (const [, name, doc] of comment.matchAll(/@param (\S+) (.*)/g))
    docs[spelledAs(name)] = indentedLines(commentText(doc));
  return docs;
}

/** Types that have no fields in the tables. */
const opaqueTypes = {
  'meta/v1': ['Time', 'MicroTime', 'FieldsV1'],
  'apiextensions.k8s.io/v1': ['JSON'],
  intstr: ['IntOrString'],
  runtime: ['RawExtension'],
  version: ['Info'],
};

const lines = [];
for (const groupVersion of new Set([...Object.keys(tables), ...Object.keys(opaqueTypes)])) {
  const [group, version] = groupVersion.split('/');
  const found = {};
  for (const name of [...Object.keys(tables[groupVersion] ?? {}), ...(opaqueTypes[groupVersion] ?? [])]) {
    const docs = {
      ...(version && declarationOf(group, version, name, new Set(fieldNames(`${groupVersion}.${name}`)))),
      ...modelDocs(groupVersion, name),
    };
    if (Object.keys(docs).length > 0) found[name] = docs;
  }
  for (const [kind, [api, method]] of Object.entries(optionKinds[groupVersion] ?? {}))
    found[kind] = { ...parameterDocs(api, method), ...found[kind] };
  if (Object.keys(found).length > 0) lines.push(`${JSON.stringify(groupVersion)}:${JSON.stringify(found)}`);
}
mkdirSync(join(here, 'generated'), { recursive: true });
writeFileSync(join(here, 'generated', 'descriptions.json'), `{\n${lines.join(',\n')}\n}\n`);
