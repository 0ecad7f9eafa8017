import { WireError } from '../wire-error.ts';
import { DATA_ONLY, type PickleDialect, readPickle } from './reader.ts';
import { PickleConstant, PickleTuple, type PickleValue } from './value.ts';

/** Classes that a delta may name as what a value was and became (`type_changes`). */
const TYPES = new Set([
  'bool',
  'bytes',
  'complex',
  'dict',
  'float',
  'frozenset',
  'int',
  'list',
  'range',
  'set',
  'slice',
  'str',
  'tuple',
]);

/** Containers of the deepdiff package that are made empty and filled as dicts. */
const DICTS = new Set(['collections.OrderedDict', 'deepdiff.helper.OrderedDictPlus']);
/** Sets of the deepdiff package that keep their order. */
const SETS = new Set(['deepdiff.helper.SetOrdered', 'ordered_set.OrderedSet', 'orderly_set.sets.OrderedSet']);
/** One step of an edited list: a tuple with names. */
const OPCODE = 'deepdiff.helper.Opcode';

/**
 * What a delta of the deepdiff package (5 to 9) holds beside data: names of types, and its own containers. All of it
 * becomes plain data here.
 */
const DELTA: PickleDialect = {
  keepsConstants: true,
  constant(module, name) {
    const full = `${module}.${name}`;
    const isKnown = (module === 'builtins' && TYPES.has(name)) || DICTS.has(full) || SETS.has(full);
    if (!isKnown && full !== OPCODE) throw new WireError(`it names ${full}`);
    return new PickleConstant(module, name);
  },
  make(constant, args) {
    const full = `${constant.module}.${constant.name}`;
    if (DICTS.has(full) && args.length === 0) return new Map();
    if (SETS.has(full) && args.length === 0) return new Set();
    if (SETS.has(full)) return DATA_ONLY.make(constant, args);
    if (full === OPCODE) return new PickleTuple(args);
    if (full === 'builtins.set' || full === 'builtins.frozenset') return DATA_ONLY.make(constant, args);
    throw new WireError(`it calls ${full}`);
  },
  persistent(id) {
    if (id !== '<<NoneType>>') throw new WireError('it has a persistent id');
    return new PickleConstant('builtins', 'NoneType');
  },
};

/**
 * Reads the difference between two states of a node as the deepdiff package writes it: a dict of sections by name. Throws
 * {@link WireError} where it is anything else.
 */
export function readDelta(bytes: Uint8Array): Map<string, PickleValue> {
  const value = readPickle(bytes, DELTA);
  if (!(value instanceof Map) || [...value.keys()].some((key) => typeof key !== 'string'))
    throw new WireError('a delta is no dict');
  return value as Map<string, PickleValue>;
}
