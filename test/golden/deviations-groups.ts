export const groupDeviations: Readonly<Record<string, string>> = {};
