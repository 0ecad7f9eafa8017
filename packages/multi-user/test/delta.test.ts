import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PickleConstant, WireError } from '../src/index.ts';
import { readDelta } from '../src/pickle/delta.ts';
import { python } from './support/python.ts';

/** A stand-in for the deepdiff package, whose classes it names as that does. */
const DEEPDIFF = `
import sys, types, json, pickle, collections, os
helper = types.ModuleType('deepdiff.helper')
class OrderedDictPlus(collections.OrderedDict): pass
class Opcode(tuple):
    def __new__(cls, *items): return tuple.__new__(cls, items)
    def __getnewargs__(self): return tuple(self)
for one in (OrderedDictPlus, Opcode):
    one.__module__ = 'deepdiff.helper'
    one.__qualname__ = one.__name__
    setattr(helper, one.__name__, one)
sys.modules['deepdiff'] = types.ModuleType('deepdiff')
sys.modules['deepdiff.helper'] = helper`;

function pickled(expression: string): Uint8Array {
  const program = `${DEEPDIFF}
print(json.dumps(pickle.dumps(${expression}, protocol=4).hex()))`;
  return Uint8Array.from(Buffer.from(python(program) as string, 'hex'));
}

test('deltas are read with the classes that deepdiff names, as data', () => {
  const delta = readDelta(
    pickled(
      `{'values_changed': OrderedDictPlus({"root['a']": {'new_value': 2}}),
        'type_changes': {"root['b']": {'old_type': int, 'new_type': str, 'new_value': 'x'}},
        '_iterable_opcodes': {"root['l']": [Opcode('insert', 0, 0, 0, 1)]},
        'set_item_added': {"root['s']": {3}}}`,
    ),
  );
  assert.deepEqual(delta.get('values_changed'), new Map([["root['a']", new Map([['new_value', 2n]])]]));
  const types = (delta.get('type_changes') as Map<string, Map<string, unknown>>).get("root['b']")!;
  assert.deepEqual(types.get('old_type'), new PickleConstant('builtins', 'int'));
});

test('deltas are refused when they name or call anything else', () => {
  for (const expression of [
    "{'values_changed': os.system}",
    '[1]',
    '{1: 2}',
    'OrderedDictPlus',
    'collections.Counter()',
  ])
    assert.throws(() => readDelta(pickled(expression)), WireError, expression);
  const call = `type('A', (), {'__reduce__': lambda self: (os.system, ('id',))})()`;
  assert.throws(() => readDelta(pickled(`{'values_changed': ${call}}`)), WireError);
});
