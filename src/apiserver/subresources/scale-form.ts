// The version in which a resource's Scale is sent: autoscaling/v1, or the own Scale of a version that is gone.
// Upstream: the ScaleStatus conversions of pkg/apis/extensions/v1beta1 and pkg/apis/apps/{v1beta1,v1beta2}.
import type { Scale } from '#types/autoscaling_v1';
import type { Scale as LegacyScale } from '#types/extensions_v1beta1';
import { apiVersionOf, type KubeObject } from '../../api/object.ts';
import { builtInSchema, type ObjectSchema } from '../../kinds/object-schema.ts';
import { typeRefOf } from '../../kinds/registry.ts';
import type { ServedResource } from '../resources.ts';

/** A version of Scale. */
export interface ScaleForm {
  readonly apiVersion: string;
  readonly kind: 'Scale';
  /** `autoscaling/v1.Scale`. */
  readonly ref: string;
  readonly schema: ObjectSchema;
  /** A Scale of autoscaling/v1 in this form; its own argument where that is it. */
  fromToday(scale: Scale & KubeObject): KubeObject;
  /** The other way round. */
  toToday(scale: KubeObject): Scale & KubeObject;
}

/** The labels that a selector text asks for; undefined where it asks for more. */
function labelsOf(text: string): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const part of text === '' ? [] : text.split(',')) {
    const found = /^([^=!() ]+)==?([^=() ]*)$/.exec(part);
    if (!found) return undefined;
    labels[found[1]!] = found[2]!;
  }
  return labels;
}

function selectorText(labels: Record<string, string>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(',');
}

function legacyForm(apiVersion: string, ref: string): ScaleForm {
  const schema = builtInSchema(ref, apiVersion, 'Scale');
  return {
    apiVersion,
    kind: 'Scale',
    ref,
    schema,
    fromToday({ status, ...rest }) {
      const { selector: text = '', replicas = 0 } = status ?? {};
      const selector = labelsOf(text);
      return {
        ...rest,
        apiVersion,
        status: {
          replicas,
          ...(selector && Object.keys(selector).length > 0 && { selector }),
          ...(text !== '' && { targetSelector: text }),
        },
      } as unknown as KubeObject;
    },
    toToday(scale) {
      const { status, ...rest } = scale as unknown as LegacyScale & KubeObject;
      const { replicas = 0, selector = {}, targetSelector } = status ?? {};
      const text = targetSelector || selectorText(selector ?? {});
      return {
        ...rest,
        apiVersion: 'autoscaling/v1',
        status: { replicas, ...(text !== '' && { selector: text }) },
      } as unknown as Scale & KubeObject;
    },
  };
}

const today: ScaleForm = {
  apiVersion: 'autoscaling/v1',
  kind: 'Scale',
  ref: 'autoscaling/v1.Scale',
  schema: builtInSchema('autoscaling/v1.Scale', 'autoscaling/v1', 'Scale'),
  fromToday: (scale) => scale,
  toToday: (scale) => scale as Scale & KubeObject,
};

const legacy = new Map<string, ScaleForm>();

/** The form of a resource's Scale, by its subresource's version. */
export function scaleFormOf({ definition }: ServedResource): ScaleForm {
  const { group, version } = definition.subresources.find(({ name }) => name === 'scale')!;
  if (group === 'autoscaling') return today;
  const apiVersion = apiVersionOf(group, version);
  let form = legacy.get(apiVersion);
  if (form === undefined) {
    form = legacyForm(apiVersion, typeRefOf(group, version, 'Scale'));
    legacy.set(apiVersion, form);
  }
  return form;
}
