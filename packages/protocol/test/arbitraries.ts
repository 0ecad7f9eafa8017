import fc from 'fast-check';
import type { Value } from '../src/value.ts';
import { id } from './support.ts';

/** Text without lone surrogates, as every text of the protocol is. */
export const text: fc.Arbitrary<string> = fc.string({ unit: 'grapheme', maxLength: 12 });

const number = fc
  .double({ noNaN: true, noDefaultInfinity: true })
  .map((value) => (Object.is(value, -0) ? 0 : value));

const scalar: fc.Arbitrary<Value> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  number,
  text,
  fc.constantFrom(id(1), id(2)).map((ref) => ({ ref })),
  fc.constantFrom('a', 'nodes/@0000000000000001').map((item) => ({ item })),
  fc
    .oneof(number, fc.constantFrom('nan' as const, 'inf' as const, '-inf' as const, '-0' as const))
    .map((f) => ({ f })),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map((integer) => ({ i: String(integer) })),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => ({ b: Buffer.from(bytes).toString('base64') })),
);

/** Any value (M5). */
export const value: fc.Arbitrary<Value> = fc.oneof(
  scalar,
  fc.array(fc.oneof(scalar, fc.array(scalar, { maxLength: 3 })), { maxLength: 4 }),
);
