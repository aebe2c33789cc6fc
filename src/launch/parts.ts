// What the worker thread of `kubeskiff up` runs.
import { loadProgram } from './load-program.ts';

await loadProgram('parts').parts();
