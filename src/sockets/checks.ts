/**
 * Checks of the values that callers pass to the sockets. C checks nothing: with a length beyond its
 * buffer it sends other memory of the process, and it cuts descriptor 4.5 to 4. So each value from
 * outside is checked before C gets it, and the error names the argument.
 */

/** What an int of C can hold. */
export const INT_MAX = 2 ** 31 - 1;
export const INT_MIN = -(2 ** 31);

/**
 * These getters read the object itself: a subclass or a prototype can fake `buffer.length` and
 * `instanceof`. They know the type in every realm, and the current length of a resizable buffer.
 */
const TypedArray = Object.getPrototypeOf(Uint8Array.prototype);
const typeOf = getterOf('Symbol.toStringTag', Symbol.toStringTag);
const lengthOf = getterOf('length', 'length');

function getterOf(name: string, key: PropertyKey): (this: unknown) => unknown {
  const getter = Object.getOwnPropertyDescriptor(TypedArray, key)?.get;
  if (!getter) throw new Error(`typed arrays have no ${name}`);
  return getter;
}

/**
 * The length of a buffer in bytes. Its memory may be shared or resizable: no other code of this
 * thread runs between the check and the call, and shared memory only grows.
 * @throws TypeError when it is no Uint8Array, or when its memory is detached or has shrunk away.
 */
export function checkedBytes(buffer: Uint8Array): number {
  if (typeOf.call(buffer) !== 'Uint8Array') throw wrongType('buffer', 'a Uint8Array', buffer);
  const length = lengthOf.call(buffer) as number;
  if (length === 0) checkMemory(buffer);
  return length;
}

/** A detached buffer has length 0, as an empty one has; only its methods throw. */
function checkMemory(buffer: Uint8Array): void {
  try {
    TypedArray.at.call(buffer, 0);
  } catch {
    throw new TypeError('buffer: its memory is detached, or has shrunk away');
  }
}

/** @throws TypeError if it is not a number, RangeError unless it is an integer in this range. */
export function checkedInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw notAnInteger(name, value, `an integer of ${least} to ${most}`);
}

export function notAnInteger(name: string, value: unknown, expected: string): Error {
  if (typeof value !== 'number') return wrongType(name, 'a number', value);
  return new RangeError(`${name}: ${value} is not ${expected}`);
}

/** The value that a table has for a name. */
export function checkedName<Value>(
  what: string,
  table: Record<string, Value>,
  name: string,
): Value {
  if (typeof name !== 'string') throw wrongType(what, 'a string', name);
  if (Object.hasOwn(table, name)) return table[name] as Value;
  const names = Object.keys(table).join(', ');
  throw new RangeError(`${what}: ${JSON.stringify(name)} is not one of ${names}`);
}

export function wrongType(name: string, expected: string, value: unknown): TypeError {
  // Its own text for a symbol: it is usually a result that was not checked, WOULD_BLOCK.
  const given = typeof value === 'symbol' ? String(value) : value === null ? 'null' : typeof value;
  return new TypeError(`${name}: ${given} is not ${expected}`);
}
