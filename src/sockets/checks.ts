/**
 * Checks of what callers hand to the sockets. C believes every number: a length beyond its buffer
 * sends other memory of the process, and 4.5 is cut to descriptor 4. So each value that comes from
 * outside is checked before it can reach native.ts, and the error names the argument.
 */

/** What an int of C can hold. */
export const INT_MAX = 2 ** 31 - 1;
export const INT_MIN = -(2 ** 31);

/**
 * Getters that read the object itself: `buffer.length` and `instanceof` believe a subclass or a
 * prototype. They know the type in every realm, and the length now, of a resizable buffer too.
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
 * The length of a buffer in bytes. A buffer on shared or resizable memory is one like any other: no
 * other code of this thread runs between the check and the call, and shared memory only grows.
 * @throws TypeError when it is no Uint8Array, or when its memory is gone: detached, or cut off.
 */
export function checkedBytes(buffer: Uint8Array): number {
  if (typeOf.call(buffer) !== 'Uint8Array') throw wrongType('buffer', 'a Uint8Array', buffer);
  const length = lengthOf.call(buffer) as number;
  if (length === 0) checkMemory(buffer);
  return length;
}

/** A detached buffer claims to be an empty one; only a method of it throws. */
function checkMemory(buffer: Uint8Array): void {
  try {
    TypedArray.at.call(buffer, 0);
  } catch {
    throw new TypeError('buffer: its memory is detached, or has shrunk away');
  }
}

/** @throws TypeError when it is no number, RangeError when it is no integer of `least` to `most`. */
export function checkedInteger(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw notAnInteger(name, value, `an integer of ${least} to ${most}`);
}

export function notAnInteger(name: string, value: unknown, expected: string): Error {
  if (typeof value !== 'number') return wrongType(name, 'a number', value);
  return new RangeError(`${name}: ${value} is not ${expected}`);
}

/** The value of a name that is one of a table's. */
export function checkedName<Value>(
  what: string,
  table: Record<string, Value>,
  name: string,
): Value {
  if (typeof name !== 'string') throw wrongType(what, 'a string', name);
  if (Object.hasOwn(table, name)) return table[name] as Value;
  const names = Object.keys(table).join(', ');
  throw new RangeError(`${what}: ${JSON.stringify(name)} is none of ${names}`);
}

export function wrongType(name: string, expected: string, value: unknown): TypeError {
  // A symbol shows which result was not looked at: WOULD_BLOCK.
  const given = typeof value === 'symbol' ? String(value) : value === null ? 'null' : typeof value;
  return new TypeError(`${name}: ${given} is not ${expected}`);
}
