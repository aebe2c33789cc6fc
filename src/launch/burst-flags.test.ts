import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { burstFlags, steadyFlags } from './burst-flags.ts';

const node = process.versions.node;
const nameOf = (flag: string): string => flag.split('=')[0]!;

test('this Node knows every flag that it is given', () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const flags = burstFlags(node);
  expect(flags).toHaveLength(2);
  for (const flag of [...flags, ...steadyFlags(node)]) expect(known).toContain(`${nameOf(flag)} (`);
});

test("flags of work that goes on are V8's usual ones, in place of those of a burst", () => {
  const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
  const replaced = burstFlags(node).map(nameOf);
  for (const flag of steadyFlags(node)) {
    expect(replaced).toContain(nameOf(flag));
    expect(known).toContain(`default: ${flag}\n`);
  }
  expect(steadyFlags('20.20.2')).toHaveLength(1);
  expect(steadyFlags('22.23.3')).toEqual([]);
});

test('each version of V8 gets the name that it has', () => {
  expect(burstFlags('20.20.2')[1]).toBe('--interrupt-budget=400000');
  expect(burstFlags('22.23.3')[1]).toBe('--invocation-count-for-turbofan=6000');
  for (const version of ['24.21.0', '26.10.0'])
    expect(burstFlags(version)[1]).toBe('--invocation-count-for-turbofan=30000');
});
