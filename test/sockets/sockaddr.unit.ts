/** struct sockaddr_in, there and back. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeSockaddr, encodeSockaddr, SOCKADDR_IN_BYTES } from '../../src/sockets/structs.ts';

describe('a sockaddr', () => {
  test('holds any address and port', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(65_535), (host, port) => {
        const bytes = encodeSockaddr({ host, port });
        assert.equal(bytes.length, SOCKADDR_IN_BYTES);
        assert.deepEqual(decodeSockaddr(bytes), { host, port });
      }),
    );
  });

  test('has port and address in network order', () => {
    const bytes = encodeSockaddr({ host: '192.0.2.1', port: 0x1234 });
    assert.deepEqual([...bytes.subarray(2, 8)], [0x12, 0x34, 192, 0, 2, 1]);
  });
});
