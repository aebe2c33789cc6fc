#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { burstFlags } from './burst-flags.ts';
import { loadProgram } from './load-program.ts';

const args = process.argv.slice(2);
const [command = 'help'] = args;
if (command === 'up') for (const flag of burstFlags(process.versions.node)) setFlagsFromString(flag);
await loadProgram(/^[a-z-]+$/.test(command) ? command : 'help').main(args);
