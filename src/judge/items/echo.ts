/** What the echo server owes: the same bytes, whatever they are and however many. */
import { Buffer } from 'node:buffer';
import type { Item } from '../item.ts';
import type { ServerTrial } from '../server-trial.ts';

const TEXTS = ['hello', '9 + 8', 'Hello, World!', 'a', '1 / 0'];
const EXACT = ['  two spaces before and after  ', 'a\tb', 'MiXeD cAsE', 'ends with CR\r'];

/** Every byte but LF, which may end a message, and then some that are no text. */
const BYTES = Buffer.from(
  Array.from({ length: 256 }, (_, byte) => byte).filter(byte => byte !== 10),
);
const KILOBYTES_4 = Buffer.alloc(4000, 'TheQuickBrownFoxJumpsOverTheLazyDog');
const KILOBYTES_256 = Buffer.alloc(256 * 1024, 'TheQuickBrownFoxJumpsOverTheLazyDog');

const ASKS = '"replies the same message to the client that was received from the same client"';

export const ECHO: Item<ServerTrial>[] = [
  {
    name: 'echo',
    roles: ['server4'],
    level: 'required',
    shares: true,
    needs: ['keeps-talking'],
    asks: ASKS,
    why: 'It is what the server is for; an expression too comes back as it is.',
    look: 'whether what recv returned is what send gets.',
    run: trial => expectEchoes(trial, TEXTS),
  },
  {
    name: 'echo-exact',
    roles: ['server4'],
    level: 'required',
    shares: true,
    needs: ['echo'],
    asks: ASKS,
    why: 'The same message is the same to the last space.',
    look: 'strip, trim, upper, or a prefix put before the text.',
    run: trial => expectEchoes(trial, EXACT),
  },
  {
    name: 'echo-bytes',
    roles: ['server4'],
    level: 'real server',
    shares: true,
    needs: ['echo'],
    asks: 'Bytes that are no text come back too.',
    why: 'An echo does not need to understand; to decode is to fail on what is not UTF-8.',
    look: 'decode() and encode(): an echo needs neither.',
    run: trial => expectEchoes(trial, [BYTES, Buffer.from([0xff, 0xfe, 0xc3])]),
  },
  {
    name: 'echo-large',
    roles: ['server4'],
    level: 'real server',
    shares: true,
    needs: ['echo'],
    asks: 'A message of 256 KiB comes back whole.',
    why: 'send() may take a part of what it is given, and says how much.',
    look: 'the value that send returns; sendall in Python.',
    run: trial => expectEchoes(trial, [KILOBYTES_256]),
  },
  {
    name: 'echo-4k',
    roles: ['server4'],
    level: 'optional',
    shares: true,
    needs: ['echo'],
    asks: 'A message of 4 KB comes back whole.',
    why: 'Longer than most buffers.',
    look: 'the size given to recv, and what is done with the rest.',
    run: trial => expectEchoes(trial, [KILOBYTES_4]),
  },
];

async function expectEchoes(
  trial: ServerTrial,
  messages: readonly (string | Buffer)[],
): Promise<void> {
  const server = await trial.start();
  const chat = await server.connect();
  for (const message of messages) await chat.expectEcho(message);
}
