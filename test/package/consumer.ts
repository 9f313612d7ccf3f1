/** What `npm run test:nodes` compiles and runs where the package is installed. */
import { CalculatorError, calculate } from 'calcd/calculator';
import { type Address, FdSet, Socket, SystemError, select, WOULD_BLOCK } from 'calcd/sockets';

function expect(what: string, isSo: boolean): void {
  if (!isSo) throw new Error(`not so: ${what}`);
}

/** What an action throws. */
function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

const listener = Socket.open();
listener.bind({ host: '127.0.0.1', port: 0 });
listener.listen(1);
const address: Address = listener.localAddress();
const client: Socket = Socket.open();
expect('a client connects', client.connect(address));
const ready: number = select(new FdSet([listener.fd]), new FdSet(), 1000);
expect('the listener has a client', ready === 1);
const server = listener.accept(true)?.socket;
expect('nothing has been sent', server?.recv(new Uint8Array(9)) === WOULD_BLOCK);

const taken = thrownBy(() => Socket.open().bind(address));
expect('a port is taken once', taken instanceof SystemError && taken.code === 'EADDRINUSE');

const value: string = calculate('22 + 44');
expect('22 + 44 is 66', value === '66');
const wrong = thrownBy(() => calculate('1 +'));
expect('1 + is wrong', wrong instanceof CalculatorError && wrong.column === 4);

// @ts-expect-error A port is a number.
expect('types are looked at', thrownBy(() => client.connect({ port: '80' })) !== undefined);
