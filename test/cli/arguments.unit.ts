import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressFrom, parseArguments, UsageError, wholeNumber } from '../../src/arguments.ts';
import { type CommandName, isCommandName } from '../../src/usage.ts';

function usageErrorOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert(error instanceof UsageError, `${error}`);
    return error.message;
  }
  assert.fail('no usage error');
}

describe('HOST and PORT', () => {
  const GOOD: [host: string, port: string, value: number][] = [
    ['127.0.0.1', '5000', 5000],
    ['0.0.0.0', '1', 1],
    ['255.255.255.255', '65535', 65_535],
    ['10.0.200.9', '0', 0],
    ['localhost', '5000', 5000],
    ['a-b.c3.example', '5000', 5000],
    ['3com.example', '5000', 5000],
    ['localhost.', '5000', 5000],
    ['a-b.c3.example.', '5000', 5000],
  ];
  for (const [host, port, value] of GOOD) {
    test(`${host} ${port}`, () => {
      assert.deepEqual(addressFrom([host, port], 0), { host, port: value });
    });

    test(`${host}:${port} as one word`, () => {
      assert.deepEqual(addressFrom([`${host}:${port}`], 0), { host, port: value });
    });
  }

  const BAD_PORTS = [
    '65536',
    '99999',
    '-1',
    '+1',
    '5e3',
    '0x50',
    '5000.0',
    '5_000',
    ' 5000',
    '5000 ',
    '5000\n',
    '٥',
    '',
    'http',
    'NaN',
    'Infinity',
    '9'.repeat(400),
  ];
  for (const port of BAD_PORTS) {
    test(`not a port: ${JSON.stringify(port)}`, () => {
      assert.equal(
        usageErrorOf(() => addressFrom(['127.0.0.1', port], 0)),
        `port must be a whole number from 0 to 65535: '${port}'`,
      );
    });
  }

  test('port 0 is for servers alone', () => {
    assert.equal(
      usageErrorOf(() => addressFrom(['127.0.0.1', '0'], 1)),
      "port must be a whole number from 1 to 65535: '0'",
    );
  });

  const BAD_HOSTS = [
    '127.1',
    '127.0.0',
    '127.0.0.0.1',
    '127.0.0.',
    '.127.0.0.1',
    '256.1.1.1',
    '1.1.1.1000',
    '01.2.3.4',
    '0x7f.0.0.1',
    '1.2.3.-4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.4\n',
    '１.2.3.4',
    '2130706433',
    '::1',
    '::ffff:127.0.0.1',
    '*',
    '',
    '.',
    'a..b',
    'localhost..',
    '.localhost',
    '127.0.0.1.',
    '-a',
    'a-',
    'a b',
    'a/b',
    'user@host',
    'host:5000',
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(128),
  ];
  for (const host of BAD_HOSTS) {
    test(`not an IPv4 address or host name: ${JSON.stringify(host)}`, () => {
      assert.equal(
        usageErrorOf(() => addressFrom([host, '5000'], 0)),
        `not an IPv4 address or host name: '${host}'`,
      );
    });
  }

  const WRONG_COUNTS: [words: string[], message: string][] = [
    [[], 'HOST and PORT are missing'],
    [['127.0.0.1'], 'PORT is missing'],
    [['localhost'], 'PORT is missing'],
    [['5000'], 'HOST or PORT is missing'],
    [[':5000'], "not an IPv4 address or host name: ''"],
    [['localhost:'], "port must be a whole number from 0 to 65535: ''"],
    [['localhost:http'], "port must be a whole number from 0 to 65535: 'http'"],
    [['localhost:5000', '5000'], "not an IPv4 address or host name: 'localhost:5000'"],
    [['::1'], "not an IPv4 address or host name: '::1'"],
    [['[::1]:5000'], "not an IPv4 address or host name: '[::1]:5000'"],
    [['127.0.0.1', '5000', 'x'], "unexpected argument 'x'"],
    [['127.0.0.1', '5000', '', 'x'], "unexpected argument ''"],
  ];
  for (const [words, message] of WRONG_COUNTS) {
    test(`${JSON.stringify(words)}: ${message}`, () => {
      assert.equal(
        usageErrorOf(() => addressFrom(words, 0)),
        message,
      );
    });
  }
});

describe('a whole number', () => {
  for (const [text, value] of [
    ['1', 1],
    ['1000000', 1_000_000],
    ['007', 7],
  ] as const) {
    test(`${text} is ${value}`, () => {
      assert.equal(wholeNumber('--max-clients', text, 1, 1_000_000), value);
    });
  }

  for (const text of ['0', '1000001', '-1', '1.5', '1e2', '']) {
    test(`${JSON.stringify(text)} is none from 1 to 1000000`, () => {
      assert.equal(
        usageErrorOf(() => wholeNumber('--max-clients', text, 1, 1_000_000)),
        `--max-clients must be a whole number from 1 to 1000000: '${text}'`,
      );
    });
  }
});

describe('options', () => {
  const GOOD: [command: CommandName, words: string[], options: object, positionals: string[]][] = [
    ['server1', [], {}, []],
    ['server1', ['--quiet', '127.0.0.1', '5000'], { quiet: true }, ['127.0.0.1', '5000']],
    ['server1', ['127.0.0.1', '5000', '--quiet'], { quiet: true }, ['127.0.0.1', '5000']],
    ['server3', ['--max-clients', '5', 'x'], { 'max-clients': '5' }, ['x']],
    ['server4', ['--max-clients=5', 'x'], { 'max-clients': '5' }, ['x']],
    ['client', ['--', '--quiet'], {}, ['--quiet']],
    ['client', ['--eval', '-5 + 3', 'x'], { eval: ['-5 + 3'] }, ['x']],
    ['client', ['--eval', '-.5', '--quiet'], { eval: ['-.5'], quiet: true }, []],
    ['client', ['--eval', '-5', '--eval', '--5'], { eval: ['-5', '--5'] }, []],
    ['client', ['--eval', '-', 'x'], { eval: ['-'] }, ['x']],
    ['client', ['--eval=-5', 'x'], { eval: ['-5'] }, ['x']],
    ['client', ['--', '--eval', '-5'], {}, ['--eval', '-5']],
    ['try', ['--help'], { help: true }, []],
    ['client', ['-h'], { help: true }, []],
  ];
  for (const [command, words, options, positionals] of GOOD) {
    test(`${command} ${words.join(' ')}`, () => {
      const parsed = parseArguments(command, words);
      assert.deepEqual({ ...parsed.options }, options);
      assert.deepEqual(parsed.positionals, positionals);
    });
  }

  const BAD: [command: CommandName, words: string[], message: RegExp][] = [
    ['server1', ['--nonsense'], /^unknown option '--nonsense'$/],
    ['server1', ['--max-clients', '5'], /^unknown option '--max-clients'$/],
    ['client', ['--max-clients', '5'], /^unknown option '--max-clients'$/],
    ['server3', ['--quite'], /^unknown option '--quite' \(did you mean '--quiet'\?\)$/],
    ['server3', ['127.0.0.1', '-1'], /^unknown option '-1'$/],
    ['server3', ['-q'], /^unknown option '-q'$/],
    ['server3', ['--max-clients'], /^option '--max-clients <value>' argument missing$/],
    ['server3', ['--max-clients', '-1'], /^option '--max-clients' argument is ambiguous$/],
    ['server3', ['--max-clients', '--quiet'], /^option '--max-clients' argument is ambiguous$/],
    ['client', ['--eval', '--quiet'], /^option '--eval' argument is ambiguous$/],
    ['client', ['--eval', '--timeout=3'], /^option '--eval' argument is ambiguous$/],
    ['client', ['--eval', '-h'], /^option '--eval' argument is ambiguous$/],
    ['client', ['--eval', '--'], /^option '--eval' argument is ambiguous$/],
    ['client', ['--eval'], /^option '--eval <value>' argument missing$/],
    ['server3', ['--quiet=yes'], /^option '--quiet' does not take an argument$/],
    ['try', ['--quiet'], /^unknown option '--quiet'$/],
  ];
  for (const [command, words, message] of BAD) {
    test(`a usage error: ${command} ${words.join(' ')}`, () => {
      assert.match(
        usageErrorOf(() => parseArguments(command, words)),
        message,
      );
    });
  }
});

test('names of commands', () => {
  const NAMES: [name: string | undefined, is: boolean][] = [
    ['server1', true],
    ['server4', true],
    ['client', true],
    ['try', true],
    ['server5', false],
    ['Server1', false],
    ['', false],
    ['toString', false],
    ['__proto__', false],
    [undefined, false],
  ];
  for (const [name, is] of NAMES) assert.equal(isCommandName(name), is, name);
});
