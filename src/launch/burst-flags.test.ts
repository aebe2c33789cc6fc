import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { burstFlags } from './burst-flags.ts';

test('this Node knows every flag that it is given', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const flags = burstFlags(process.versions.node);
  expect(flags).toHaveLength(2);
  for (const flag of flags) expect(known).toContain(`${flag.split('=')[0]} (`);
});

test('each version of V8 gets the name that it has', () => {
  expect(burstFlags('20.20.2')[1]).toBe('--interrupt-budget=180000');
  expect(burstFlags('22.23.3')[1]).toBe('--invocation-count-for-turbofan=6000');
  for (const node of ['24.21.0', '26.10.0'])
    expect(burstFlags(node)[1]).toBe('--invocation-count-for-turbofan=30000');
});
