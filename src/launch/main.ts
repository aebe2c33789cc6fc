#!/usr/bin/env node
import { loadProgram } from './load-program.ts';

const args = process.argv.slice(2);
const [command = 'help'] = args;
await loadProgram(/^[a-z-]+$/.test(command) ? command : 'help').main(args);
