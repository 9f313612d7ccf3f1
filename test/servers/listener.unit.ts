import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { USER_TIMEOUT_S } from '../../src/serving/limits.ts';
import { listenOn } from '../../src/serving/listener.ts';
import * as constant from '../../src/sockets/constants.ts';
import { system } from '../../src/sockets/system-calls.ts';
import { TestSockets } from '../sockets/connections.ts';

const { IPPROTO_TCP, SOL_SOCKET } = constant;

/** Each option of a client's socket, and its value; what is only on or off may be on as any number. */
const OPTIONS: [option: string, level: number, name: number, value: number | 'on'][] = [
  ['SO_OOBINLINE', SOL_SOCKET, constant.SO_OOBINLINE, 'on'],
  ['SO_KEEPALIVE', SOL_SOCKET, constant.SO_KEEPALIVE, 'on'],
  ['TCP_NODELAY', IPPROTO_TCP, constant.TCP_NODELAY, 'on'],
  ['TCP_KEEPIDLE', IPPROTO_TCP, constant.TCP_KEEPIDLE, 240],
  ['TCP_KEEPINTVL', IPPROTO_TCP, constant.TCP_KEEPINTVL, 20],
  ['TCP_KEEPCNT', IPPROTO_TCP, constant.TCP_KEEPCNT, 3],
  [
    'TCP_USER_TIMEOUT',
    IPPROTO_TCP,
    constant.TCP_USER_TIMEOUT,
    constant.USER_TIMEOUT_UNITS * USER_TIMEOUT_S,
  ],
];

describe("a client's socket inherits from the listening one", () => {
  for (const [option, level, name, value] of OPTIONS) {
    test(`${option}: ${value}`, t => {
      const sockets = new TestSockets(t);
      const listener = sockets.keep(listenOn({ host: '127.0.0.1', port: 0 }).listener);
      const { server } = sockets.connect(listener);
      const result = system.getsockopt(server.fd, level, name);
      if (value === 'on') assert.ok(result > 0, `${result}`);
      else assert.equal(result, value);
    });
  }
});
