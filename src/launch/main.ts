#!/usr/bin/env node
import { systemClock } from '../api/clock.ts';
import { followBursts } from './follow-bursts.ts';
import { loadProgram } from './load-program.ts';

const args = process.argv.slice(2);
const [command = 'help'] = args;
if (command === 'up') followBursts(systemClock);
await loadProgram(/^[a-z-]+$/.test(command) ? command : 'help').main(args);
