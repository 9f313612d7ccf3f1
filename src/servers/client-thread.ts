/**
 * The thread of one client of server2: receive, answer, send, each call waiting until it is done.
 * It is started before its client is known, waits for the assignment, and ends when it is told to.
 */
import { Buffer } from 'node:buffer';
import { performance } from 'node:perf_hooks';
import { parentPort } from 'node:worker_threads';
import { CalculatorConversation } from '../conversation/calculator-conversation.ts';
import type { Conversation } from '../conversation/conversation.ts';
import { PAUSE_MS } from '../conversation/framing.ts';
import { ReplyBuffer } from '../conversation/reply-buffer.ts';
import { FdSet, INTERRUPTED, select } from '../sockets/select.ts';
import { Socket } from '../sockets/socket.ts';
import { SystemError } from '../sockets/system-error.ts';
import { Display, departure } from './display.ts';
import { GRACE_MS, RECEIVE_BYTES } from './limits.ts';
import { Output } from './output.ts';
import { answerTurn } from './turn.ts';

/** The client a thread is given. */
export interface Assignment {
  /** Its socket, which the main thread closes when the client has left or the thread has ended. */
  readonly fd: number;
  readonly quiet: boolean;
  /** Shared: 1 once the server stops, so that the end of input may be the server's doing. */
  readonly stopping: Int32Array;
}

/** What a thread says: that it waits for a client, and why its client left. */
export type Report = 'ready' | { readonly reason: string };

/** How often a stopping thread looks whether its replies have arrived. */
const DELIVERY_LOOK_MS = 10;

const input = Buffer.allocUnsafeSlow(RECEIVE_BYTES);
const replies = new ReplyBuffer();
const output = new Output();

parentPort?.on('message', (assignment: Assignment | 'end') => {
  if (assignment === 'end') {
    parentPort?.close();
    return;
  }
  const { fd, quiet, stopping } = assignment;
  const socket = new Socket(fd);
  const display = new Display(output, { quiet, severalClients: true });
  const reason = serve(socket, new CalculatorConversation(display.observer(fd)), stopping);
  parentPort?.postMessage({ reason } satisfies Report);
});
rehearse();
parentPort?.postMessage('ready' satisfies Report);

/** Goes through a conversation before anybody waits for it: what has run once is compiled. */
function rehearse(): void {
  const conversation = new CalculatorConversation();
  conversation.receive(input, input.write('1 + 1\n1 / 3\n'));
  answerTurn(conversation, replies);
  replies.clear();
  select(new FdSet(), new FdSet(), 0);
}

/** @returns why the client left. */
function serve(socket: Socket, conversation: Conversation, stopping: Int32Array): string {
  try {
    socket.setNonBlocking(false);
    converse(socket, conversation);
    const isStopping = Atomics.load(stopping, 0) === 1;
    if (isStopping) {
      // There was no room to arrive for what the client's own system still holds.
      pauseThread();
      converse(socket, conversation);
    }
    conversation.end();
    answer(socket, conversation);
    return isStopping ? deliver(socket) : departure.closedByClient;
  } catch (error) {
    if (error instanceof SystemError) return departure.failed(error);
    throw error;
  }
}

/** Until the end of what can be received. */
function converse(socket: Socket, conversation: Conversation): void {
  while (receive(socket, conversation)) answer(socket, conversation);
}

/**
 * The server stopped, so more input may still come, and to close then means a reset: wait until the
 * client's system has the replies, or the main thread cuts us off.
 */
function deliver(socket: Socket): string {
  const until = performance.now() + GRACE_MS;
  while (socket.unacknowledged() > 0 && performance.now() < until) {
    pauseThread();
  }
  return departure.serverStopped;
}

function pauseThread(): void {
  select(new FdSet(), new FdSet(), DELIVERY_LOOK_MS);
}

/** Hands the conversation what the client does next. @returns false at the end of the stream. */
function receive(socket: Socket, conversation: Conversation): boolean {
  if (!waitForClient(socket, conversation)) {
    conversation.pause();
    return true;
  }
  const received = socket.recv(input);
  if (received > 0) conversation.receive(input, received);
  return received > 0;
}

/**
 * Usually recv does the waiting. A pause that would end a message, or display lines that could not
 * be written, have to be waited for along with the client.
 * @returns false when the client paused.
 */
function waitForClient(socket: Socket, conversation: Conversation): boolean {
  const pauseEnds = performance.now() + PAUSE_MS;
  while (conversation.unfinished || output.stalled) {
    const readable = new FdSet();
    const writable = new FdSet();
    readable.add(socket.fd);
    if (output.stalled) writable.add(output.fd);
    const left = conversation.unfinished ? pauseEnds - performance.now() : Number.POSITIVE_INFINITY;
    const ready = select(readable, writable, left);
    if (ready === 0) return false;
    if (ready === INTERRUPTED) continue;
    if (output.stalled && writable.has(output.fd)) output.writable();
    if (readable.has(socket.fd)) return true;
  }
  return true;
}

function answer(socket: Socket, conversation: Conversation): void {
  let more: boolean;
  do {
    more = answerTurn(conversation, replies);
    sendAll(socket);
    output.flush();
  } while (more);
}

function sendAll(socket: Socket): void {
  let sent = 0;
  while (sent < replies.length) {
    const rest = sent === 0 ? replies.bytes : replies.bytes.subarray(sent);
    sent += socket.send(rest, replies.length - sent);
  }
}
