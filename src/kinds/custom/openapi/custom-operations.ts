// The operations of a custom resource as OpenAPI documents list them. They are fewer than those of built-in kinds: no watch
// paths, no strategic merge patch, no protobuf.
// Upstream: generateBuilder in k8s.io/apiextensions-apiserver/pkg/controller/openapi/builder/builder.go.
import type { CustomResourceDefinition } from '#types/apiextensions.k8s.io_v1';
import { article, capital, groupVersionName } from '../../../api/openapi/operation-names.ts';
import type { BodyType, Operation } from '../../../api/openapi/operations.ts';
import {
  deleteParameters,
  nameParameter,
  namespaceParameter,
  optionParameters,
  type Parameter,
  pretty,
} from '../../../api/openapi/parameters.ts';
import { customSchemaName } from './custom-schemas.ts';

const mediaTypes = ['application/json', 'application/yaml'];
const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
];
const status: BodyType = { ref: 'meta/v1.Status' };
const scale: BodyType = { ref: 'autoscaling/v1.Scale' };

/** What differs from operation to operation. */
interface Route {
  readonly path: string;
  readonly method: Operation['method'];
  readonly verb: 'list' | 'create' | 'delete' | 'deletecollection' | 'read' | 'replace' | 'patch';
  readonly answer: BodyType;
  readonly subresource?: string;
  /** Over all namespaces. */
  readonly everywhere?: boolean;
}

const actions: Readonly<Record<Route['verb'], string>> = {
  list: 'list',
  create: 'post',
  delete: 'delete',
  deletecollection: 'deletecollection',
  read: 'get',
  replace: 'put',
  patch: 'patch',
};
const codes: Readonly<Record<Route['verb'], readonly number[]>> = {
  list: [200],
  create: [200, 201, 202],
  delete: [200, 202],
  deletecollection: [200],
  read: [200],
  replace: [200, 201],
  patch: [200],
};

function optionsOf(verb: Route['verb']): Parameter[] {
  switch (verb) {
    case 'read':
      // the words of ListOptions, which GetOptions has too
      return optionParameters('meta/v1.ListOptions').filter(({ name }) => name === 'resourceVersion');
    case 'list':
    case 'deletecollection':
      return optionParameters('meta/v1.ListOptions');
    case 'replace':
      return optionParameters('meta/v1.UpdateOptions');
    case 'patch':
      return optionParameters('meta/v1.PatchOptions');
    case 'create':
      return optionParameters('meta/v1.CreateOptions');
    case 'delete':
      return deleteParameters();
  }
}

function bodyOf({ verb, answer }: Route): Operation['body'] {
  if (verb === 'patch') return { type: { ref: 'meta/v1.Patch' }, required: true, patch: true };
  if (verb === 'delete') return { type: { ref: 'meta/v1.DeleteOptions' }, required: false };
  return verb === 'create' || verb === 'replace' ? { type: answer, required: true } : undefined;
}

function descriptionOf({ verb, subresource }: Route, kind: string): string {
  const of = subresource === undefined ? '' : ` ${subresource} of`;
  switch (verb) {
    case 'list':
      return `list objects of kind ${kind}`;
    case 'create':
    case 'delete':
      return `${verb}${article(kind)}${kind}`;
    case 'deletecollection':
      return `delete collection of ${kind}`;
    case 'patch':
      return `partially update${of} the specified ${kind}`;
    default:
      return `${verb}${of} the specified ${kind}`;
  }
}

function routesOf(crd: CustomResourceDefinition, versionName: string): Route[] {
  const { group, names, scope, versions } = crd.spec;
  const one: BodyType = { schema: customSchemaName(group, versionName, names.kind) };
  const many: BodyType = {
    schema: customSchemaName(group, versionName, names.listKind ?? `${names.kind}List`),
  };
  const root = `/apis/${group}/${versionName}`;
  const namespaced = scope === 'Namespaced';
  const path = `${root}${namespaced ? '/namespaces/{namespace}' : ''}/${names.plural}`;
  const item = `${path}/{name}`;
  const routes: Route[] = [
    { path, method: 'get', verb: 'list', answer: many },
    { path, method: 'post', verb: 'create', answer: one },
    { path, method: 'delete', verb: 'deletecollection', answer: status },
    { path: item, method: 'get', verb: 'read', answer: one },
    { path: item, method: 'put', verb: 'replace', answer: one },
    { path: item, method: 'delete', verb: 'delete', answer: status },
    { path: item, method: 'patch', verb: 'patch', answer: one },
  ];
  if (namespaced)
    routes.unshift({
      path: `${root}/${names.plural}`,
      method: 'get',
      verb: 'list',
      answer: many,
      everywhere: true,
    });
  const subresources = versions?.find(({ name }) => name === versionName)?.subresources;
  for (const [subresource, answer] of [
    ['status', one],
    ['scale', scale],
  ] as const)
    if (subresources?.[subresource])
      routes.push(
        { path: `${item}/${subresource}`, method: 'get', verb: 'read', answer, subresource },
        { path: `${item}/${subresource}`, method: 'put', verb: 'replace', answer, subresource },
        { path: `${item}/${subresource}`, method: 'patch', verb: 'patch', answer, subresource },
      );
  return routes;
}

/** The operations of one version. */
export function customOperations(crd: CustomResourceDefinition, versionName: string): Operation[] {
  const { group, names, scope } = crd.spec;
  const { id } = groupVersionName(group, versionName);
  const scopeName = scope === 'Namespaced' ? 'Namespaced' : '';
  return routesOf(crd, versionName).map((route) => {
    const { path, verb, subresource, everywhere } = route;
    const collection = verb === 'deletecollection' ? 'Collection' : '';
    const name = everywhere
      ? `${names.kind}ForAllNamespaces`
      : `${scopeName}${names.kind}${capital(subresource ?? ' ').trim()}`;
    const parameters = [pretty, ...optionsOf(verb)];
    if (path.includes('{namespace}')) parameters.push(namespaceParameter);
    if (path.includes('{name}')) parameters.push(nameParameter(names.kind));
    return {
      path,
      method: route.method,
      id: `${verb === 'deletecollection' ? 'delete' : verb}${id}${collection}${name}`,
      description: descriptionOf(route, names.kind),
      action: actions[verb],
      gvk: { group, version: versionName, kind: names.kind },
      parameters,
      body: bodyOf(route),
      response: route.answer,
      codes: codes[verb],
      consumes: verb === 'patch' ? patchTypes : mediaTypes,
      produces: mediaTypes,
    };
  });
}
