#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { loadProgram } from './load-program.ts';

const args = process.argv.slice(2);
const [command = 'help'] = args;
// A cluster's burst of pods is over before inlining pays: compiling in the background would take a core from the two threads.
if (command === 'up') { setFlagsFromString('--max-inlined-bytecode-size-cumulative=300'); for (const f of (process.env.KF ?? '').split(' ')) if (f) setFlagsFromString(f); }
await loadProgram(/^[a-z-]+$/.test(command) ? command : 'help').main(args);
