// Subresources: generic ones (status and the like, scale) by what the kind declares, special ones by a list of modules.
import type { Handler } from '../handlers/handler.ts';
import type { ServedResource } from '../resources.ts';

/** A subresource with behaviour of its own. */
export interface SubresourceModule {
  readonly group: string;
  /** Plural of the parent; '*' for any. */
  readonly resource: string;
  readonly subresource: string;
  /** Handlers by Kubernetes verb. */
  readonly verbs: Readonly<Partial<Record<string, Handler>>>;
}

/** Finds the handler of a subresource. */
export interface SubresourceHandlers {
  find(resource: ServedResource, subresource: string, verb: string): Handler | undefined;
}

/** Modules first, in order; then whatever is stored with its parent. */
export function subresourceHandlers(
  modules: readonly SubresourceModule[],
  stored: Readonly<Partial<Record<string, Handler>>>,
): SubresourceHandlers {
  return {
    find(resource, subresource, verb) {
      const { group, resource: plural } = resource.groupResource;
      const declared = resource.definition.subresources.find((s) => s.name === subresource);
      if (!declared) return undefined;
      for (const module of modules) {
        const fits =
          module.subresource === subresource &&
          (module.resource === '*' || (module.group === group && module.resource === plural));
        if (fits) return module.verbs[verb];
      }
      return declared.connect || !declared.verbs.includes(verb) ? undefined : stored[verb];
    },
  };
}
