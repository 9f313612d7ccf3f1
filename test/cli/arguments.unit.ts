/** What a command makes of the words that a user types. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { addressFrom, seconds, wholeNumber } from '../../src/arguments.ts';
import type { Address } from '../../src/sockets/address.ts';
import { parse, usageErrorOf } from '../support/commands.ts';

/** The address that a server or the client takes from these words. */
function addressOf(words: readonly string[], name = 'server3'): Address {
  const command = parse(name, ['--', ...words]);
  const [host, port] = command.processedArgs;
  return addressFrom(command, host, port);
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
      assert.deepEqual(addressOf([host, port]), { host, port: value });
    });

    test(`${host}:${port} as one word`, () => {
      assert.deepEqual(addressOf([`${host}:${port}`]), { host, port: value });
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
        usageErrorOf(() => addressOf(['127.0.0.1', port])),
        `command-argument value '${port}' is invalid for argument 'PORT'. ` +
          'It must be a whole number from 0 to 65535.',
      );
    });
  }

  test('port 0 is only for servers', () => {
    assert.match(
      usageErrorOf(() => addressOf(['127.0.0.1', '0'], 'client')),
      /'PORT'. It must be a whole number from 1 to 65535.$/,
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
    `${'a'.repeat(64)}.example`,
    'a.'.repeat(128),
  ];
  for (const host of BAD_HOSTS) {
    test(`not an IPv4 address or host name: ${JSON.stringify(host)}`, () => {
      assert.equal(
        usageErrorOf(() => addressOf([host, '5000'])),
        `command-argument value '${host}' is invalid for argument 'HOST'. ` +
          'It is not an IPv4 address or host name.',
      );
    });
  }

  const WRONG: [words: string[], message: RegExp][] = [
    [[], /^missing required argument 'HOST'$/],
    [['127.0.0.1'], /^missing required argument 'PORT'$/],
    [['localhost'], /^missing required argument 'PORT'$/],
    [['5000'], /^.* '5000' .* 'HOST'\. It is not an IPv4 address or host name\.$/],
    [[':5000'], /^.* ':5000' .* 'HOST'\. It is not an IPv4 address or host name\.$/],
    [['localhost:'], /^.* 'localhost:' .* It must be a whole number from 0 to 65535\.$/],
    [['localhost:http'], /^.* 'localhost:http' .* It must be a whole number from 0 to 65535\.$/],
    [['localhost:5000', '5000'], /^PORT is given twice$/],
    [['::1'], /^.* '::1' .* It is not an IPv4 address or host name\.$/],
    [['[::1]:5000'], /^.* '\[::1\]:5000' .* It is not an IPv4 address or host name\.$/],
    [['127.0.0.1', '5000', 'x'], /^too many arguments for 'server3'\. Expected 2 .* got 3\.$/],
  ];
  for (const [words, message] of WRONG) {
    test(`${JSON.stringify(words)} is wrong`, () => {
      assert.match(
        usageErrorOf(() => addressOf(words)),
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
      assert.equal(wholeNumber(1, 1_000_000)(text), value);
    });
  }

  for (const text of ['0', '1000001', '-1', '1.5', '1e2', '']) {
    test(`${JSON.stringify(text)} is none from 1 to 1000000`, () => {
      assert.equal(
        usageErrorOf(() => wholeNumber(1, 1_000_000)(text)),
        'It must be a whole number from 1 to 1000000.',
      );
    });
  }
});

describe('a number of seconds', () => {
  for (const [text, value] of [
    ['1', 1],
    ['0.25', 0.25],
    ['60', 60],
  ] as const) {
    test(`${text} is ${value}`, () => assert.equal(seconds(60)(text), value));
  }

  for (const text of ['0', '61', '-1', '1e1', '.5', '0.0001', 'soon', '']) {
    test(`${JSON.stringify(text)} is none up to 60`, () => {
      assert.equal(
        usageErrorOf(() => seconds(60)(text)),
        'It must be a number of seconds above 0, at most 60.',
      );
    });
  }
});

describe('options', () => {
  const GOOD: [words: string[], options: object][] = [
    [['server1', 'x', '1'], { quiet: undefined, log: 'text', color: 'auto' }],
    [['server1', '--quiet', 'x', '1'], { quiet: true }],
    [['server1', 'x', '1', '--quiet'], { quiet: true }],
    [['server1', '--log', 'json', 'x', '1'], { log: 'json' }],
    [['server3', '--max-clients', '5', 'x', '1'], { maxClients: 5 }],
    [['server4', '--max-clients=5', 'x', '1'], { maxClients: 5 }],
    [['client', '--', 'x', '1'], { eval: undefined, history: true }],
    [['client', '--no-history', 'x:1'], { history: false }],
    [['client', '--timeout', '0.5', 'x:1'], { timeout: 0.5 }],
    [['client', '--eval', '-5 + 3', 'x:1'], { eval: ['-5 + 3'] }],
    [['client', '--eval', '-.5', '--quiet', 'x:1'], { eval: ['-.5'], quiet: true }],
    [['client', '--eval', '-5', '--eval', '--5', 'x:1'], { eval: ['-5', '--5'] }],
    [['client', '--eval', '-', 'x:1'], { eval: ['-'] }],
    [['client', '--eval=-5', 'x:1'], { eval: ['-5'] }],
    [['client', '--eval', '--quiet', 'x:1'], { eval: ['--quiet'], quiet: undefined }],
    [['client', '--eval', '--', 'x:1'], { eval: ['--'] }],
    [
      ['check', 'server1', '--json', '--', 'x', '--list', '{port}'],
      { json: true, list: undefined },
    ],
  ];
  for (const [[name = '', ...words], options] of GOOD) {
    test(`${name} ${words.join(' ')}`, () => {
      const parsed: Record<string, unknown> = parse(name, words).opts();
      for (const [key, value] of Object.entries(options)) assert.deepEqual(parsed[key], value, key);
    });
  }

  test("the words of check's program stay as they are", () => {
    const { processedArgs } = parse('check', ['server1', '--', 'x', '--list', '--', '{port}']);
    assert.deepEqual(processedArgs, ['server1', ['x', '--list', '--', '{port}']]);
  });

  const BAD: [words: string[], message: RegExp][] = [
    [['server1', '--nonsense'], /^unknown option '--nonsense'$/],
    [['server1', '--max-clients', '5'], /^unknown option '--max-clients'$/],
    [['client', '--max-clients', '5'], /^unknown option '--max-clients'$/],
    [['server3', '--quite'], /^unknown option '--quite'\n\(Did you mean --quiet\?\)$/],
    [['server3', '127.0.0.1', '-1'], /^.*'-1' is invalid for argument 'PORT'\. It must be/],
    [['server3', '-q'], /^unknown option '-q'/],
    [['server3', '--version'], /^unknown option '--version'$/],
    [['server3', '--max-clients'], /^option '--max-clients <N>' argument missing$/],
    [['server3', '--max-clients', '-1'], /^option '--max-clients <N>' argument '-1' is invalid\./],
    [['server3', '--max-clients', '--quiet'], /^option .* argument '--quiet' is invalid\./],
    [['server3', '--log', 'xml'], /argument 'xml' is invalid\. Allowed choices are text, json\.$/],
    [['client', '--eval'], /^option '--eval <LINE>' argument missing$/],
    [
      ['client', '--eval', '1\n2'],
      / is invalid\. It must be one line; give the option once for each line\.$/,
    ],
    [['server3', '--quiet=yes'], /^unknown option '--quiet=yes'$/],
    [['try', '--quiet'], /^unknown option '--quiet'$/],
    [['try', 'sevrer2'], /^.*'sevrer2' .* 'SERVER'\. Allowed choices are server1, server2, .*/],
    [['completion', 'bsah'], /^.*'bsah' .* 'SHELL'\. Allowed choices are bash, zsh, fish\.$/],
    [['completion'], /^missing required argument 'SHELL'$/],
    [['completion', 'bash', 'zsh'], /^too many arguments for 'completion'\./],
  ];
  for (const [[name = '', ...words], message] of BAD) {
    test(`a usage error: ${name} ${words.join(' ')}`, () => {
      assert.match(
        usageErrorOf(() => parse(name, words)),
        message,
      );
    });
  }
});
