// Cases of core, apps and batch that differ because 1.36 does.

/** `group/case` to the reason. */
export const kindDeviations: Readonly<Record<string, string>> = {};
