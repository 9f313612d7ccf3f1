import { MAX_MESSAGE_BYTES } from '../src/protocol/framing.ts';

/**
 * The most expensive messages known, each of its kind: a head, a part repeated to the longest message
 * there may be, and a tail, parted by `…`. What bench/calculator-worst.ts finds belongs here.
 */
export const SPECIMENS: readonly (readonly [name: string, unit: string])[] = [
  ['sum of small numbers', '1…+1'],
  ['quotients of small numbers', '1…/1'],
  ['remainders of small numbers', '1…%9'],
  ['sum of decimals', '.1…+.1'],
  ['powers of powers', '1…^1'],
  ['powers of powers, negative', '1…^-1'],
  ['signs', '…-…1'],
  ['parentheses', `${'('.repeat(200)}…1+…1${')'.repeat(200)}`],
  ['long number times and over small ones', '7^1000…*9/9'],
  ['long number over small ones', '7^1183…/7'],
  ['long remainders', '7^1183…%7^1182'],
  ['long remainders, new each time', '9^1047…%7^500+9^1047'],
  ['huge remainder of tiny', '1e999…%3e-999+9e998'],
  ['long remainder of tiny', '1e99…%3e-999+9e98'],
  ['quotients to small fractions', '1…+1/7/-1/9'],
  ['tiny quotients', '1…+(7-1/1e999)'],
  ['long powers, integer', '1…+7^999-7^999'],
  ['long powers, decimal', '1…+1.7^999'],
  ['long powers, fraction', '1…*(2/3)^1000'],
  ['coprime denominators', '1…+1/7^99+1/11^99'],
  ['small fractions', '1…+1/7-1/9'],
  ['small fractions to a long number', '7^1000…+1/9-1/9'],
  ['reduced again and again', '1/7^1000…*7^1000/7^1000'],
  ['coprime numbers of 1,000 digits', '(3^2000+1)/7^1000…*5^999/5^999'],
  ['twos', '2^3321…/2^3320*2^3320'],
  ['fives', '5^1430…/5^1000*5^1000'],
  ['long literals', `1…+.${'3'.repeat(300)}`],
  ['four long literals', `1…*.${'9'.repeat(990)}`],
  ['1e999 again and again', '1…+1e999-1e999'],
  ['fraction to print', '7^1183/3^1000…'],
  ['spaces', '1…    …+1'],
  ['nested too deeply', '…('],
];

/** The whole message of a specimen. */
export function message(unit: string): string {
  const [head = '', part = '', tail = ''] = unit.split('…');
  const room = MAX_MESSAGE_BYTES - head.length - tail.length;
  const times = part === '' ? 0 : Math.max(0, Math.floor(room / part.length));
  return (head + part.repeat(times) + tail).slice(0, MAX_MESSAGE_BYTES);
}
