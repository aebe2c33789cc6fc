import { expect, it } from 'vitest';
import { planOf } from './simulated-command.ts';

const env = [
  { name: 'NAME', value: 'world' },
  { name: 'N', value: '3' },
];

/** What a plan is in short: its lines, then its end. */
function short(...command: string[]): string {
  const { lines, end, loop } = planOf(command, env);
  const text = (l: (typeof lines)[number]): string =>
    `${l.afterMs}:${typeof l.text === 'string' ? JSON.stringify(l.text).slice(1, -1) : 'date'}`;
  const round = loop ? `every ${loop.everyMs} ${loop.lines.map(text).join(' ')}` : '';
  const ends = end ? `exit ${end.exitCode} at ${end.afterMs}` : 'runs';
  return [...lines.map(text), round, ends].filter((part) => part !== '').join(' ');
}

it.each([
  [['sh', '-c', 'exit 0'], 'exit 0 at 0'],
  [['/bin/sh', '-c', 'exit 3'], 'exit 3 at 0'],
  [['sh', '-c', 'sleep 0.5; exit 42'], 'exit 42 at 500'],
  [['sleep', '10'], 'exit 0 at 10000'],
  [['sleep', '2m'], 'exit 0 at 120000'],
  [['sleep', 'infinity'], 'runs'],
  [['sleep', 'inf'], 'runs'],
  [['true'], 'exit 0 at 0'],
  [['false'], 'exit 1 at 0'],
  [['nginx', '-g', 'daemon off;'], 'runs'],
  [['sh', '-c', 'nginx -g "daemon off;"'], 'runs'],
  [['sh', '-c', './prepare && exit 5'], 'exit 5 at 0'],
  [['sh', '-c', 'echo hello; echo bye'], '0:hello\\n 0:bye\\n exit 0 at 0'],
  [
    ['bash', '-ec', 'echo "hello $NAME"; sleep 1 && echo \'$NAME\''],
    '0:hello world\\n 1000:$NAME\\n exit 0 at 1000',
  ],
  [['sh', '-c', ['echo $', 'NAME}-$', 'N}-$MISSING.'].join('{')], '0:world-3-.\\n exit 0 at 0'],
  [['sh', '-c', 'false && echo no; true || echo no; false || echo yes'], '0:yes\\n exit 0 at 0'],
  [['sh', '-c', 'false'], 'exit 1 at 0'],
  [['sh', '-c', 'echo x > /tmp/f; exec sleep 5'], 'exit 0 at 5000'],
  [['sh', '-c', 'while true; do date; sleep 5; done'], 'every 5000 0:date runs'],
  [['sh', '-c', 'while sleep 2; do echo tick; done'], 'every 2000 2000:tick\\n runs'],
  [['sh', '-c', 'until wget -q db; do echo wait; done'], 'runs'],
  [['sh', '-c', 'env; sleep 1'], '0:NAME=world\\n 0:N=3\\n exit 0 at 1000'],
  [['sh', '-c', 'date; echo hello'], '0:date 0:hello\\n exit 0 at 0'],
  [['echo', 'a', 'b'], '0:a b\\n exit 0 at 0'],
])('%j: %s', (command, expected) => {
  expect(short(...command)).toBe(expected);
});
