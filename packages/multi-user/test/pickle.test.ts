import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { PickleTuple, type PickleValue, readPickle, WireError, writePickle } from '../src/index.ts';
import { python } from './support/python.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** Any value that a scene is made of. */
const values: fc.Arbitrary<PickleValue> = fc.letrec<{ value: PickleValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
    fc.double({ noNaN: true }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 300 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new PickleTuple(items)),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 4 }).map((items) => new Map(items)),
    fc.array(fc.string(), { maxLength: 4 }).map((items) => new Set(items)),
  ),
})).value;

/** Reads each pickle with Python's own reader and writes it again in the given protocol. */
function throughPython(pickles: readonly Uint8Array[], protocol: number): Uint8Array[] {
  const program = `
import sys, json, pickle, base64
print(json.dumps([base64.b64encode(pickle.dumps(pickle.loads(base64.b64decode(p)), protocol=${protocol})).decode()
                  for p in json.load(sys.stdin)]))`;
  const input = pickles.map((pickle) => Buffer.from(pickle).toString('base64'));
  return (python(program, input) as string[]).map((text) => Uint8Array.from(Buffer.from(text, 'base64')));
}

describe('pickles', () => {
  test('come back from Python as they were written, in every protocol that clients use', () => {
    const samples = fc.sample(values, { numRuns: 300, seed: 7 });
    for (const protocol of [3, 4]) {
      const returned = throughPython(samples.map(writePickle), protocol);
      assert.deepEqual(
        returned.map((bytes) => readPickle(bytes)),
        samples,
      );
    }
  });

  test('keep int and float apart, and integers of any size', () => {
    const value = [1n, 1, -0, 2n ** 63n, -(2n ** 63n), -1n, -128n, -129n, 128n, Number.POSITIVE_INFINITY];
    const [returned] = throughPython([writePickle(value)], 4);
    assert.deepEqual(readPickle(returned!), value);
  });
});

describe('pickles that want more than data', () => {
  const attacks: Record<string, string> = {
    'os.system by GLOBAL':
      "import os\nclass A:\n  def __reduce__(self): return (os.system, ('id',))\nvalue, protocol = A(), 3",
    'os.system by STACK_GLOBAL':
      "import os\nclass A:\n  def __reduce__(self): return (os.system, ('id',))\nvalue, protocol = A(), 4",
    'an object with state': 'import types\nvalue, protocol = types.SimpleNamespace(a=1), 4',
    'a class': 'value, protocol = int, 4',
    'a partial': "import functools\nvalue, protocol = functools.partial(print, 'x'), 4",
    'an object of NEWOBJ_EX': "import pathlib\nvalue, protocol = pathlib.PurePosixPath('/etc/passwd'), 4",
    'a protocol of the future': 'value, protocol = [1], 5',
    'a set of what is called':
      'import os\nclass A:\n  def __reduce__(self): return (set, (os.system,))\nvalue, protocol = A(), 4',
    'an old protocol': 'value, protocol = [1], 2',
    'the text protocol': 'value, protocol = [1], 0',
  };
  for (const [name, program] of Object.entries(attacks)) {
    test(`are refused: ${name}`, () => {
      const made = python(
        `import pickle, json\n${program}\nprint(json.dumps(pickle.dumps(value, protocol=protocol).hex()))`,
      );
      assert.throws(() => readPickle(hex(made as string)), WireError);
    });
  }

  test('are refused: extension codes, persistent ids, BUILD, INST, OBJ, NEWOBJ', () => {
    for (const opcode of [
      '8201',
      '83ffff',
      '8400000000',
      '51',
      '50610a',
      '62',
      '69610a620a',
      '6f',
      '81',
      '92',
    ])
      assert.throws(() => readPickle(hex(`80044e4e${opcode}2e`)), WireError, opcode);
  });
});

describe('pickles that are too much', () => {
  test('are refused: a list within itself', () => {
    const made = python(
      'import pickle, json\na = []\na.append(a)\nprint(json.dumps(pickle.dumps(a, 4).hex()))',
    );
    assert.throws(() => readPickle(hex(made as string)), WireError);
  });

  test('are refused: a few shared lists that stand for billions of values', () => {
    const made = python(
      'import pickle, json\na = [1]\nfor _ in range(40): a = [a, a]\nprint(json.dumps(pickle.dumps(a, 4).hex()))',
    );
    assert.throws(() => readPickle(hex(made as string)), WireError);
  });

  test('are refused: sizes that are not there, a huge memo, deep nesting, many values', () => {
    const deep = `8004${'5d'.repeat(1)}${'5d94'.repeat(70)}${'61'.repeat(70)}2e`;
    for (const text of ['80048effffffffffffff7f2e', '8004957fffffffffffffff2e', '80044e72ffffffff2e', deep])
      assert.throws(() => readPickle(hex(text)), WireError, text.slice(0, 40));
    const many = hex(`80045d28${'4e'.repeat(2000)}652e`);
    assert.throws(() => readPickle(many, undefined, { values: 1000, depth: 8 }), WireError);
  });

  test('never throw anything else, whatever the bytes are', () => {
    const opcodes = fc.constantFrom(
      ...'()0123NJKMG.Xq]}atuseclhjrB\x80\x85\x86\x87\x88\x8c\x8f\x90\x91\x93\x94'.split(''),
    );
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.oneof(opcodes, fc.constantFrom('\x00', '\x01', 'a', '\n')), { maxLength: 120 })
        .map((letters) => Uint8Array.from(Buffer.from(letters.join(''), 'latin1'))),
    );
    fc.assert(
      fc.property(noise, (bytes) => {
        try {
          readPickle(bytes);
        } catch (error) {
          assert.ok(error instanceof WireError, String(error));
        }
      }),
      { numRuns: 5000 },
    );
  });
});
