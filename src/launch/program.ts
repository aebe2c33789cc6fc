// All that dist/ has to offer; see Program. What a use needs is loaded when it is asked for.

export const main = async (args: readonly string[]) => (await import('../cli/program.ts')).main(args);

export const parts = async () => {
  await import('../cluster/parts-worker.ts');
};

export const testing = () => import('../testing/testing.ts');
