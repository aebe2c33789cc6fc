// Structured logs on standard error, quiet by default.
import { destination, type Logger, pino } from 'pino';

/** A logger for klog's `--v`: 0 warnings, from 2 on information, from 4 on everything. */
export function createLogger(verbosity: number): Logger {
  const level = verbosity >= 4 ? 'debug' : verbosity >= 2 ? 'info' : 'warn';
  return pino({ name: 'kubeskiff', level }, destination({ fd: 2, sync: true }));
}
