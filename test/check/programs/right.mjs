// Right servers on node:net, for the wrong programs beside: each changes one thing.
import { createServer } from 'node:net';

const [host, port] = process.argv.slice(2);
const MOST = 4096;

export function calculate(text) {
  const [, left, operator, right] = /^\s*(-?[\d.]+)\s*([-+*/])\s*(-?[\d.]+)\s*$/.exec(text) ?? [];
  if (operator === undefined) throw new Error('expected two numbers');
  if (operator === '/' && Number(right) === 0) throw new Error('division by zero');
  const [a, b] = [Number(left), Number(right)];
  return { '+': a + b, '-': a - b, '*': a * b, '/': a / b }[operator];
}

export function answer(line, evaluate = calculate) {
  try {
    return `${evaluate(line.replace(/[\0\r]/g, ''))}`;
  } catch (error) {
    return `error: ${error.message}`;
  }
}

/** Calls `received` with a line's text, or with bytes as they come where `lines` is false. */
export function serve({ received, lines = true, watched = true, patient = true }) {
  const server = createServer({ allowHalfOpen: true }, socket => {
    let inbox = '';
    const send = reply => {
      if (!socket.write(reply) && patient) {
        socket.pause();
        socket.once('drain', () => socket.resume());
      }
    };
    if (watched) socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('data', data => {
      console.log('message', data.subarray(0, 200).toString());
      if (!lines) return send(received(data));
      const parts = (inbox + data).split('\n');
      inbox = parts.pop().slice(0, MOST + 1);
      if (parts.length > 0) send(parts.map(part => `${received(part)}\n`).join(''));
    });
  });
  server.on('error', error => {
    console.error(`cannot listen: ${error.message}`);
    process.exit(1);
  });
  server.listen(Number(port), host);
}
