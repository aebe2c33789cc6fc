// The pages that are served.
// Upstream: PrepareRun in k8s.io/apiserver/pkg/server/genericapiserver.go.
import type { Clock } from '../../api/clock.ts';
import type { FeatureGates } from '../../kinds/served/feature-gates.ts';
import type { PathHandler } from '../dispatch.ts';
import { flagz } from './flagz.ts';
import { statusz } from './statusz.ts';
import { zPagePath } from './z-page.ts';

/** `paths`: those that /statusz tells of beside these. */
export function zPages(
  options: { readonly flags?: Readonly<Record<string, string>>; readonly featureGates?: FeatureGates },
  paths: readonly string[],
  clock: Clock,
): { readonly paths: string[]; readonly handlers: PathHandler[] } {
  const isOff = (gate: string): boolean => options.featureGates?.isTurnedOff(gate) ?? false;
  const pages = [];
  if (options.flags && !isOff('ComponentFlagz')) pages.push(flagz(options.flags));
  const own = pages.map(({ kind }) => `/${kind.toLowerCase()}`);
  if (!isOff('ComponentStatusz')) {
    own.push('/statusz');
    pages.push(statusz([...paths, ...own], clock.now(), () => clock.now()));
  }
  return { paths: own, handlers: pages.map(zPagePath) };
}
