// The options that say what of the API is served; `apiserver`, `kube-apiserver` and `up` share them.
import type { OptionDefinition, ParsedOptions } from './options.ts';

/** --runtime-config and --feature-gates, which are upstream's, and --legacy-apis, which is ours. */
export const servedOptions: readonly OptionDefinition[] = [
  {
    name: 'runtime-config',
    value: 'KEY=BOOL[,KEY=BOOL]',
    multiple: true,
    help: 'versions to serve or not: api/all, api/ga, api/beta, api/alpha, GROUP/VERSION[/RESOURCE]',
  },
  {
    name: 'feature-gates',
    value: 'GATE=BOOL[,GATE=BOOL]',
    multiple: true,
    help: 'feature gates of Kubernetes 1.36; AllAlpha and AllBeta stand for many',
  },
  {
    name: 'legacy-apis',
    help: 'serve the versions that Kubernetes has given up, too (extensions/v1beta1 and others)',
  },
];

/** The settings that these options make. */
export function servedSettings(options: ParsedOptions) {
  return {
    runtimeConfig: options.list('runtime-config').join(','),
    featureGates: options.list('feature-gates').join(','),
    legacyApis: options.flag('legacy-apis'),
  };
}
