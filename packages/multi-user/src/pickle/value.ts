/**
 * What a pickle can hold here: data and nothing else. Python's `int` is a bigint and its `float` a number, so that one
 * never becomes the other; `bytes` is a view of the pickle it came from.
 */
export type PickleValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | PickleValue[]
  | PickleTuple
  | PickleDict
  | PickleSet
  | PickleConstant;

/** A `dict`, in the order of Python's. Keys that are containers are told apart by identity. */
export type PickleDict = Map<PickleValue, PickleValue>;

/** A `set` or `frozenset`. */
export type PickleSet = Set<PickleValue>;

/** A `tuple`. */
export class PickleTuple {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    this.items = items;
  }
}

/** The name of a class that a delta mentions. It stays a name: nothing is ever looked up or called by it. */
export class PickleConstant {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    this.module = module;
    this.name = name;
  }
}
