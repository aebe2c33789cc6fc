import { describe, expect, it } from 'vitest';
import { helpText, nearest, type OptionGroup, parseOptions } from './options.ts';

const groups: OptionGroup[] = [
  {
    title: 'Serving',
    options: [
      { name: 'secure-port', value: 'N', default: '6443', help: 'port' },
      { name: 'tls-san', value: 'NAME', multiple: true, help: 'name' },
    ],
  },
  { title: 'Other', options: [{ name: 'help', help: 'this text' }] },
];

describe('parseOptions', () => {
  it('takes values with a blank and with an equals sign, and switches', () => {
    const options = parseOptions(
      'x',
      ['--secure-port', '1', '--tls-san=a,b', '--tls-san', 'c', '--help'],
      groups,
    );
    expect(options.text('secure-port')).toBe('1');
    expect(options.list('tls-san')).toEqual(['a', 'b', 'c']);
    expect(options.flag('help')).toBe(true);
  });

  it('tells of what was given and of defaults', () => {
    const map: OptionGroup = {
      title: 'API',
      options: [
        { name: 'feature-gates', value: 'GATE=BOOL', multiple: true, help: 'gates' },
        { name: 'data-dir', value: 'DIR', help: 'folder' },
      ],
    };
    const given = ['--tls-san', 'a,b', '--tls-san=c', '--feature-gates', 'A=true,B=false', '--help'];
    expect(parseOptions('x', given, [...groups, map]).all()).toEqual({
      'secure-port': '6443',
      'tls-san': '[a,b,c]',
      'feature-gates': 'A=true,B=false',
      help: 'true',
    });
  });

  it('falls back to defaults', () => {
    const options = parseOptions('x', [], groups);
    expect(options.text('secure-port')).toBe('6443');
    expect(options.list('tls-san')).toEqual([]);
    expect(options.flag('help')).toBe(false);
  });

  it('refuses an unknown option by name, with the nearest known one', () => {
    expect(() => parseOptions('x', ['--secureport=1'], groups)).toThrow(
      'unknown option --secureport; did you mean --secure-port?',
    );
    expect(nearest('secur-prt', ['help', 'secure-port'])).toBe('secure-port');
  });

  it('says which value is missing, and refuses stray words', () => {
    expect(() => parseOptions('x', ['--secure-port'], groups)).toThrow(
      '--secure-port needs a value: --secure-port N',
    );
    expect(() => parseOptions('x', ['6443'], groups)).toThrow('unexpected argument "6443"');
  });

  it('lets empty words pass', () => {
    expect(parseOptions('x', ['', '--secure-port', '1', ''], groups).text('secure-port')).toBe('1');
  });
});

describe('helpText', () => {
  it('shows options in their groups, with defaults', () => {
    const text = helpText('x [options]', 'Does x.', groups);
    expect(text).toContain('Usage: x [options]');
    expect(text).toMatch(/Serving:\n {2}--secure-port N +port \(default 6443\)/);
  });
});
