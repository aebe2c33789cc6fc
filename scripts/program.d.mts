/** What `npm run build` makes. */
export const program: string;
/** Whether there is a program, built after the last change. In a package, which has no sources, it always is. */
export function isProgramCurrent(): boolean;
