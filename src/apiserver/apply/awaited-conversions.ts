// What a conversion webhook answered during one operation of field management. That asks for the forms of an object in the
// versions of its managers one after the other, each only when it gets there: the live object, then what becomes of it.
// Upstream: k8s.io/apimachinery/pkg/util/managedfields/internal/versionconverter.go, whose hub is the version of the request,
// and isEmptyUnstructuredObject in k8s.io/apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go.
import { PendingConversion } from '../../api/managed-fields/pending-conversion.ts';
import type { KubeObject } from '../../api/object.ts';

/** Converts objects to a version. Rejects with what upstream's webhook converter says. */
type Convert = (objects: readonly KubeObject[], apiVersion: string) => Promise<KubeObject[]>;

/** What there is before a create has only a kind: it is not sent. */
function isBlank(object: KubeObject): boolean {
  return Object.keys(object).every((name) => ['apiVersion', 'kind', 'metadata'].includes(name))
    ? Object.keys(object.metadata ?? {}).length === 0
    : false;
}

/** The conversions of one operation in the version `hub`. The same object is sent once. */
export class AwaitedConversions {
  private readonly hub: string;
  private readonly webhook: Convert;
  private readonly known = new Map<string, { readonly object: KubeObject } | { readonly error: Error }>();

  constructor(hub: string, webhook: Convert) {
    this.hub = hub;
    this.webhook = webhook;
  }

  /** The object in another version. Throws PendingConversion where it must be asked for, and Error where it could not be converted. */
  convert(object: KubeObject, apiVersion: string): KubeObject {
    if (object.apiVersion === this.hub || apiVersion === this.hub) return this.answered(object, apiVersion);
    return this.answered(this.answered(object, this.hub), apiVersion);
  }

  /** Asks the webhook; what it said is what `convert` returns or throws from now on. Never rejects. */
  async ask({ object, apiVersion }: PendingConversion): Promise<void> {
    const key = keyOf(object, apiVersion);
    try {
      const [converted] = await this.webhook([structuredClone(object)], apiVersion);
      this.known.set(key, { object: converted! });
    } catch (error) {
      this.known.set(key, { error: error as Error });
    }
  }

  private answered(object: KubeObject, apiVersion: string): KubeObject {
    if (isBlank(object)) return { ...object, apiVersion };
    const known = this.known.get(keyOf(object, apiVersion));
    if (known === undefined) throw new PendingConversion(object, apiVersion);
    // field management says in which of its steps this was
    if ('error' in known) throw new Error(known.error.message, { cause: known.error });
    return known.object;
  }
}

function keyOf(object: KubeObject, apiVersion: string): string {
  return `${apiVersion} ${JSON.stringify(object)}`;
}
