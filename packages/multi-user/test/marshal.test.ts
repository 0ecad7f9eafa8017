import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { checkMarshal, WireError } from '../src/index.ts';
import { python } from './support/python.ts';

/** Marshals what each expression makes, in the versions of the format that clients have written. */
function marshalled(expressions: readonly string[]): Uint8Array[] {
  const program = `
import sys, json, marshal
print(json.dumps([marshal.dumps(eval(e), version).hex() for e in json.load(sys.stdin) for version in (2, 4)]))`;
  return (python(program, expressions) as string[]).map((text) => Uint8Array.from(Buffer.from(text, 'hex')));
}

describe('marshalled values', () => {
  test('are taken when they are what a scene is made of', () => {
    const values = marshalled([
      "{'name': 'Cube', 'location': [0.0, 1.5, -2e300], 'faces': [(0, 1, 2)] * 3, 'hidden': False}",
      "[None, True, 2**80, -2**80, b'bytes', 'é☃😀', frozenset([1]), {2}, (), [], {}]",
      "['again'] * 5 + [('x' * 300,)] * 2",
    ]);
    for (const bytes of values) assert.doesNotThrow(() => checkMarshal(bytes));
  });

  test('are refused when they hold code', () => {
    for (const bytes of marshalled(["compile('1', 'x', 'eval')", "[1, {'a': compile('1', 'x', 'eval')}]"]))
      assert.throws(() => checkMarshal(bytes), WireError);
  });

  test('are refused when they end early, go on, or refer to what is not there', () => {
    const [, whole] = marshalled(["{'a': [1, 2, ('x', 'x')]}"]);
    for (let size = 0; size < whole!.length; size++)
      assert.throws(() => checkMarshal(whole!.subarray(0, size)), WireError, `cut at ${size}`);
    assert.throws(() => checkMarshal(Uint8Array.of(...whole!, 0x4e)), WireError);
    assert.throws(() => checkMarshal(Uint8Array.of(0x72, 0, 0, 0, 0)), WireError);
    assert.throws(() => checkMarshal(Uint8Array.of(0xdb, 1, 0, 0, 0, 0x72, 0, 0, 0, 0)), WireError);
  });

  test('never make the reader throw anything else, or take what Python would crash on', () => {
    const letters = fc.constantFrom(...'NTFilfgstuaAzZ([<>)({r0c\xfb\xa9\x01\x00'.split(''));
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 60 }), (text) => {
        try {
          checkMarshal(Uint8Array.from(Buffer.from(text.join(''), 'latin1')));
        } catch (error) {
          assert.ok(error instanceof WireError, String(error));
        }
      }),
      { numRuns: 5000 },
    );
    const deep = new Uint8Array(5 * 100).map((_, index) =>
      index % 5 === 0 ? 0x5b : index % 5 === 1 ? 1 : 0,
    );
    assert.throws(() => checkMarshal(deep), WireError);
  });
});
