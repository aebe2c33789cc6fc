// What of the API a server serves, from the texts of its options.
import type { ApiServerOptions } from '../apiserver/server.ts';
import { parseFeatureGates } from '../kinds/served/feature-gates.ts';
import { servedResources } from '../kinds/served/served-resources.ts';

/** The options, as upstream's flags of these names have them. */
export interface ServedApiOptions {
  /** `api/beta=true,batch/v1/cronjobs=false`; absent: the stable versions. */
  readonly runtimeConfig?: string | undefined;
  /** `AllAlpha=true,WatchList=false`; absent: every gate as it is by default. */
  readonly featureGates?: string | undefined;
  /** Serve the versions that Kubernetes has given up, too: extensions/v1beta1 and others. */
  readonly legacyApis?: boolean | undefined;
}

/** A text of an option that means nothing; its message is for the user. */
export class OptionError extends Error {
  readonly code = 'ERR_OPTION';
}

/** The parts of an API server's options that follow. Throws OptionError with upstream's text for options that it refuses. */
export async function servedApis(
  options: ServedApiOptions,
): Promise<Pick<ApiServerOptions, 'resources' | 'featureGates'>> {
  try {
    const featureGates = parseFeatureGates(options.featureGates ?? '');
    const resources = await servedResources({
      runtimeConfig: options.runtimeConfig ?? '',
      featureGates,
      legacyApis: options.legacyApis ?? false,
    });
    return { resources, featureGates };
  } catch (error) {
    throw new OptionError((error as Error).message, { cause: error });
  }
}
