/**
 * What everybody would write in Node: a server on node:net, `node-net.ts echo|calculator`. It has
 * the conversations of our own servers, so that what is compared is how bytes get to them.
 */
import { Buffer } from 'node:buffer';
import { type AddressInfo, createServer } from 'node:net';
import { argv } from 'node:process';
import { CalculatorConversation } from '../../src/protocol/calculator-conversation.ts';
import { ReplyBuffer } from '../../src/protocol/reply-buffer.ts';

const replies = new ReplyBuffer();

/** @returns what answers one client's bytes. */
function calculator(): (bytes: Buffer) => Buffer {
  const conversation = new CalculatorConversation();
  return bytes => {
    conversation.receive(bytes, bytes.length);
    const answers: Buffer[] = [];
    let more: boolean;
    do {
      replies.clear();
      do more = conversation.answer(replies);
      while (more && !replies.isFull);
      answers.push(Buffer.from(replies.bytes.subarray(0, replies.length)));
    } while (more);
    return answers.length === 1 ? (answers[0] as Buffer) : Buffer.concat(answers);
  };
}

const echo = () => (bytes: Buffer) => bytes;
const converse = argv[2] === 'echo' ? echo : calculator;

const server = createServer({ noDelay: true }, socket => {
  const answer = converse();
  socket.on('error', () => socket.destroy());
  socket.on('data', bytes => {
    const answers = answer(bytes);
    if (answers.length > 0) socket.write(answers);
  });
});
server.listen({ host: '127.0.0.1', port: 0, backlog: 511 }, () => {
  const { address, port } = server.address() as AddressInfo;
  console.log(`Server listening on ${address}:${port}`);
});
