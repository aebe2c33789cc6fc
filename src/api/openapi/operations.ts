// The operations of a resource as an OpenAPI document lists them, before they take the shape of version 2 or 3.
// Upstream: registerResourceHandlers in k8s.io/apiserver/pkg/endpoints/installer.go.
import { refOfKind } from '../schema/type-table.ts';
import { article, capital, groupVersionName } from './operation-names.ts';
import {
  deleteParameters,
  nameParameter,
  namespaceParameter,
  optionParameters,
  type Parameter,
  pretty,
} from './parameters.ts';

/** A subresource as openapi/resources.json has it. */
export interface OpenApiSubresource {
  name: string;
  kind: string;
  group?: string;
  version?: string;
  verbs: readonly string[];
  connect?: boolean;
  methods?: readonly string[];
  pathTail?: boolean;
}

/** A resource as openapi/resources.json has it. */
export interface OpenApiResource {
  group: string;
  version: string;
  plural: string;
  kind: string;
  listKind?: string;
  namespaced: boolean;
  verbs: readonly string[];
  subresources?: readonly OpenApiSubresource[];
}

/** A type in the document: of the tables, or a schema of a custom resource by its name. */
export type BodyType = { ref: string } | { schema: string } | 'string';

/** One operation. */
export interface Operation {
  path: string;
  method: 'get' | 'put' | 'post' | 'patch' | 'delete' | 'options' | 'head';
  id: string;
  description: string;
  action?: string;
  /** group, version and kind of x-kubernetes-group-version-kind. */
  gvk?: { group: string; version: string; kind: string };
  parameters: Parameter[];
  body?: { type: BodyType; required: boolean; patch?: boolean };
  response: BodyType;
  /** Status codes with that response. */
  codes: readonly number[];
  /** Whether watch frames, or plain text, may come. */
  streams?: boolean;
  plain?: boolean;
  /** Connections answer with anything. */
  connect?: boolean;
  /** The media types of body and answer, where they are not those of built-in kinds. */
  consumes?: readonly string[];
  produces?: readonly string[];
}

const listOptions = (): Parameter[] => optionParameters('meta/v1.ListOptions');

const status: BodyType = { ref: 'meta/v1.Status' };

const coreReturningDeleted = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
]);

/** Whether a finished delete answers with the object rather than with a Status: ReturnDeletedObject upstream. */
export function returnsDeletedObject({ group, plural }: { group: string; plural: string }): boolean {
  if (group === '') return coreReturningDeleted.has(plural);
  return group === 'resource.k8s.io' || (group === 'storage.k8s.io' && plural !== 'csistoragecapacities');
}

/** Makes the operations of one resource; `typeOf` names the schema of a kind that the tables do not have. */
export class ResourceOperations {
  private readonly resource: OpenApiResource;
  private readonly typeOf: (gvk: { group: string; version: string; kind: string }) => BodyType;
  private readonly id: string;
  private readonly root: string;
  private readonly found: Operation[] = [];

  constructor(
    resource: OpenApiResource,
    typeOf: (gvk: { group: string; version: string; kind: string }) => BodyType,
  ) {
    this.resource = resource;
    this.typeOf = typeOf;
    this.id = groupVersionName(resource.group, resource.version).id;
    this.root =
      resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  }

  all(): Operation[] {
    const { namespaced, plural, verbs } = this.resource;
    const scope = namespaced ? '/namespaces/{namespace}' : '';
    const collection = `${this.root}${scope}/${plural}`;
    this.collection(collection);
    this.item(`${collection}/{name}`);
    if (namespaced && verbs.includes('list')) this.everywhere(`${this.root}/${plural}`);
    if (verbs.includes('watch')) this.watches(scope);
    for (const subresource of this.resource.subresources ?? [])
      this.subresource(`${collection}/{name}/${subresource.name}`, subresource);
    return this.found;
  }

  private get own(): { group: string; version: string; kind: string } {
    const { group, version, kind } = this.resource;
    return { group, version, kind };
  }

  private scopeName(): string {
    return this.resource.namespaced ? 'Namespaced' : '';
  }

  private scopeParameters(): Parameter[] {
    return this.resource.namespaced ? [namespaceParameter] : [];
  }

  private add(verb: string, suffix: string, operation: Omit<Operation, 'id'>): void {
    this.found.push({ gvk: this.own, ...operation, id: `${verb}${this.id}${suffix}` });
  }

  private listType(): BodyType {
    const { group, version, listKind, kind } = this.resource;
    return this.typeOf({ group, version, kind: listKind ?? `${kind}List` });
  }

  private collection(path: string): void {
    const { verbs, kind } = this.resource;
    const name = this.scopeName() + kind;
    const parameters = [...this.scopeParameters(), pretty];
    const type = this.typeOf(this.own);
    if (verbs.includes('list'))
      this.add('list', name, {
        path,
        method: 'get',
        action: 'list',
        description: `list ${verbs.includes('watch') ? 'or watch ' : ''}objects of kind ${kind}`,
        parameters: [...parameters, ...listOptions()],
        response: this.listType(),
        codes: [200],
        streams: true,
      });
    if (verbs.includes('create'))
      this.add('create', name, {
        path,
        method: 'post',
        action: 'post',
        description: `create${article(kind)}${kind}`,
        parameters: [...parameters, ...optionParameters('meta/v1.CreateOptions')],
        body: { type, required: true },
        response: type,
        codes: [200, 201, 202],
      });
    if (verbs.includes('deletecollection'))
      this.add('delete', `Collection${name}`, {
        path,
        method: 'delete',
        action: 'deletecollection',
        description: `delete collection of ${kind}`,
        parameters: [
          ...parameters,
          ...optionParameters('meta/v1.ListOptions', ['watch', 'allowWatchBookmarks']),
          ...deleteParameters(),
        ],
        body: { type: { ref: 'meta/v1.DeleteOptions' }, required: false },
        response: status,
        codes: [200],
      });
  }

  private item(path: string): void {
    const { verbs, kind } = this.resource;
    const name = this.scopeName() + kind;
    const parameters = [nameParameter(kind), ...this.scopeParameters(), pretty];
    const type = this.typeOf(this.own);
    this.getPutPatch(path, verbs, name, `the specified ${kind}`, parameters, type, this.own);
    if (verbs.includes('delete'))
      this.add('delete', name, {
        path,
        method: 'delete',
        action: 'delete',
        description: `delete${article(kind)}${kind}`,
        parameters: [...parameters, ...deleteParameters()],
        body: { type: { ref: 'meta/v1.DeleteOptions' }, required: false },
        response: returnsDeletedObject(this.resource) ? type : status,
        codes: [200, 202],
      });
  }

  private getPutPatch(
    path: string,
    verbs: readonly string[],
    name: string,
    what: string,
    parameters: Parameter[],
    type: BodyType,
    gvk: { group: string; version: string; kind: string },
    plain = false,
  ): void {
    if (verbs.includes('get'))
      this.add('read', name, {
        path,
        gvk,
        method: 'get',
        action: 'get',
        description: `read ${what}`,
        parameters,
        response: plain ? 'string' : type,
        codes: [200],
        plain,
      });
    if (verbs.includes('update'))
      this.add('replace', name, {
        path,
        gvk,
        method: 'put',
        action: 'put',
        description: `replace ${what}`,
        parameters: [...parameters, ...optionParameters('meta/v1.UpdateOptions')],
        body: { type, required: true },
        response: type,
        codes: [200, 201],
      });
    if (verbs.includes('patch'))
      this.add('patch', name, {
        path,
        gvk,
        method: 'patch',
        action: 'patch',
        description: `partially update ${what}`,
        parameters: [...parameters, ...optionParameters('meta/v1.PatchOptions')],
        body: { type: { ref: 'meta/v1.Patch' }, required: true, patch: true },
        response: type,
        codes: [200, 201],
      });
  }

  private everywhere(path: string): void {
    const { kind, verbs } = this.resource;
    this.add('list', `${kind}ForAllNamespaces`, {
      path,
      method: 'get',
      action: 'list',
      description: `list ${verbs.includes('watch') ? 'or watch ' : ''}objects of kind ${kind}`,
      parameters: [pretty, ...listOptions()],
      response: this.listType(),
      codes: [200],
      streams: true,
    });
  }

  private watches(scope: string): void {
    const { plural, kind, namespaced } = this.resource;
    const watch = (suffix: string, path: string, parameters: Parameter[], single: boolean): void =>
      this.add('watch', suffix, {
        path: `${this.root}/watch${path}`,
        method: 'get',
        action: single ? 'watch' : 'watchlist',
        description: single
          ? `watch changes to an object of kind ${kind}. deprecated: use the 'watch' parameter with a list operation instead, filtered to a single item with the 'fieldSelector' parameter.`
          : `watch individual changes to a list of ${kind}. deprecated: use the 'watch' parameter with a list operation instead.`,
        parameters: [...parameters, pretty, ...listOptions()],
        response: { ref: 'meta/v1.WatchEvent' },
        codes: [200],
        streams: true,
      });
    const name = this.scopeName() + kind;
    watch(`${name}List`, `${scope}/${plural}`, this.scopeParameters(), false);
    if (namespaced) watch(`${kind}ListForAllNamespaces`, `/${plural}`, [], false);
    watch(name, `${scope}/${plural}/{name}`, [nameParameter(kind), ...this.scopeParameters()], true);
  }

  private subresource(path: string, sub: OpenApiSubresource): void {
    const { kind } = this.resource;
    const name = `${this.scopeName()}${kind}${capital(sub.name)}`;
    const gvk = {
      group: sub.group ?? this.resource.group,
      version: sub.version ?? this.resource.version,
      kind: sub.kind,
    };
    if (sub.connect) {
      this.connect(path, sub, name, gvk);
      return;
    }
    const parameters = [nameParameter(sub.kind), ...this.scopeParameters(), pretty];
    const type = this.typeOf(gvk);
    const plain = sub.name === 'log';
    if (sub.verbs.includes('create'))
      this.add('create', name, {
        path,
        gvk,
        method: 'post',
        action: 'post',
        description: `create ${sub.name} of${article(kind)}${kind}`,
        parameters: [...parameters, ...optionParameters('meta/v1.CreateOptions')],
        body: { type, required: true },
        response: type,
        codes: [200, 201, 202],
      });
    const extra = plain ? optionParameters('core/v1.PodLogOptions') : [];
    this.getPutPatch(
      path,
      sub.verbs,
      name,
      `${sub.name} of the specified ${kind}`,
      [...parameters, ...extra],
      type,
      gvk,
      plain,
    );
  }

  private connect(
    path: string,
    sub: OpenApiSubresource,
    name: string,
    gvk: { group: string; version: string; kind: string },
  ): void {
    const ref = refOfKind(gvk);
    const options = ref === undefined ? [] : optionParameters(ref);
    const parameters = [nameParameter(sub.kind), ...this.scopeParameters(), ...options];
    for (const method of sub.methods ?? []) {
      const operation: Omit<Operation, 'id' | 'gvk'> = {
        path,
        method: method.toLowerCase() as Operation['method'],
        action: 'connect',
        description: `connect ${method} requests to ${sub.name} of ${this.resource.kind}`,
        parameters,
        response: 'string',
        codes: [200],
        connect: true,
      };
      const verb = capital(method.toLowerCase());
      this.found.push({ ...operation, gvk, id: `connect${this.id}${verb}${name}` });
      if (sub.pathTail)
        this.found.push({
          ...operation,
          gvk,
          path: `${path}/{path}`,
          id: `connect${this.id}${verb}${name}WithPath`,
          parameters: [
            ...parameters.filter((parameter) => parameter.name !== 'path'),
            { name: 'path', in: 'path', type: 'string', description: 'path to the resource' },
            ...parameters
              .filter((parameter) => parameter.name === 'path')
              .map((parameter): Parameter => ({ ...parameter })),
          ],
        });
    }
  }
}
