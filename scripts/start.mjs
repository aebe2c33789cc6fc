// `npm start`: installs and builds what is missing, then runs a cluster with its data in the user's data directory.
import { spawn } from 'node:child_process';
import { installPackages } from './install.mjs';
import { isProgramCurrent, program } from './program.mjs';

if (!isProgramCurrent()) {
  installPackages();
  console.error('building ...');
  const { buildProgram } = await import('./build.mjs');
  await buildProgram();
}
const child = spawn(process.execPath, [program, 'up', ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
