import fc from 'fast-check';
import { LIMITS } from '../src/limits.ts';
import type { ArrayForm, Operation } from '../src/operation.ts';
import type { SessionState } from '../src/session-state.ts';
import * as arbitraries from './arbitraries.ts';
import { ChunkStore, id, pattern, storeArray } from './support.ts';

/** Contents of arrays that random commits name: of no, one and more than one chunk. */
const contents = [
  pattern(0),
  pattern(100, 1),
  pattern(LIMITS.chunkBytes + 40, 2),
  pattern(LIMITS.chunkBytes + 40, 3),
];
const shared = new ChunkStore();
const contentChunks = contents.map((content) => storeArray(shared, content));

/** A store that holds the chunks which random commits name. */
export function storeOfContents(): ChunkStore {
  const store = new ChunkStore();
  for (const [name, bytes] of shared.bytes) store.bytes.set(name, bytes);
  return store;
}

/** The buffers that random ranges and arrays point into. */
export const RANDOM_BUFFERS = pattern(256, 7);

const digit = fc.constantFrom(1, 1, 2, 2, 3);
const item = fc.constantFrom(
  'n/@00000000000000aa',
  'n/@00000000000000bb',
  'n/@00000000000000aa/in/@00000000000000cc',
);
const path = fc.oneof(
  fc.constantFrom('a', 'b', 'c/d'),
  item,
  item.map((above) => `${above}/x`),
);
const items = {
  'n/@00000000000000aa': 1,
  'n/@00000000000000bb': 2,
  'n/@00000000000000aa/in/@00000000000000cc': 3,
};
/** Properties, usually with the items that they may lie below. */
const values = fc
  .tuple(fc.dictionary(path, arbitraries.value, { maxKeys: 3 }), fc.nat(3))
  .map(([set, number]) => (number === 0 ? set : { ...items, ...set }));
const group = fc.constantFrom('geometry', 'geometry', 'pixels');
const array: fc.Arbitrary<ArrayForm> = fc
  .tuple(
    fc.oneof(
      fc.constantFrom('position', 'uv'),
      item.map((above) => `${above}/w`),
    ),
    fc.nat(contents.length),
  )
  .map(([arrayPath, index]) => ({
    path: arrayPath,
    dtype: 'u1',
    shape: [contents[index]?.length ?? 5],
    data: index < contents.length ? { chunks: contentChunks[index]! } : { at: [2, 5] },
  }));

/** An operation, given the version of the group it writes into: usually the current one. */
type Draft = (versionOf: (digit: number, group: string) => number) => Operation;

const fixed = (operation: fc.Arbitrary<Operation>): fc.Arbitrary<Draft> =>
  operation.map((made) => () => structuredClone(made));
const isStale = fc.nat(9).map((number) => number === 0);

const draft: fc.Arbitrary<Draft> = fc.oneof(
  {
    weight: 2,
    arbitrary: fixed(
      fc.record({
        op: fc.constant('create' as const),
        id: digit.map(id),
        type: fc.constant('Mesh'),
        name: arbitraries.text,
        set: values,
      }),
    ),
  },
  fixed(fc.record({ op: fc.constant('delete' as const), id: digit.map(id) })),
  fixed(fc.record({ op: fc.constant('rename' as const), id: digit.map(id), name: arbitraries.text })),
  {
    weight: 6,
    arbitrary: fixed(
      fc.record({
        op: fc.constant('set' as const),
        id: digit.map(id),
        set: values,
        unset: fc.array(path, { maxLength: 2 }),
      }),
    ),
  },
  fixed(
    fc.record({
      op: fc.constant('own' as const),
      id: digit.map(id),
      kind: fc.constantFrom('hard' as const, 'soft' as const),
    }),
  ),
  fixed(fc.record({ op: fc.constant('disown' as const), id: digit.map(id) })),
  fc
    .record({
      digit,
      group,
      arrays: fc.uniqueArray(array, { maxLength: 3, selector: (form) => form.path }),
      isStale,
    })
    .map(
      (put): Draft =>
        (versionOf) => ({
          op: 'put-group',
          id: id(put.digit),
          group: put.group,
          from: versionOf(put.digit, put.group) + Number(put.isStale),
          arrays: put.arrays,
        }),
    ),
  fc.record({ digit, group, array, isStale }).map(
    (put): Draft =>
      (versionOf) => ({
        op: 'put-array',
        id: id(put.digit),
        group: put.group,
        from: versionOf(put.digit, put.group) + Number(put.isStale),
        ...put.array,
      }),
  ),
  {
    weight: 4,
    arbitrary: fc
      .record({
        digit,
        group,
        path: fc.constantFrom('position', 'uv'),
        offset: fc.constantFrom(0, 7, 70, 65520, 65560),
        size: fc.nat(32),
      })
      .map(
        (range): Draft =>
          (versionOf) => ({
            op: 'range',
            id: id(range.digit),
            group: range.group,
            from: versionOf(range.digit, range.group),
            path: range.path,
            offset: range.offset,
            at: [range.offset % 9, range.size],
          }),
      ),
  },
);

/** A commit by a user who had not seen the last `behind` events. */
export interface RandomCommit {
  readonly author: number;
  readonly behind: number;
  readonly onlyIfUnwritten: boolean;
  readonly drafts: readonly Draft[];
}

/** Any commit on a few datablocks, paths and arrays, so that commits meet often. */
export const randomCommit: fc.Arbitrary<RandomCommit> = fc.record({
  author: fc.constantFrom(1, 2, 3),
  behind: fc.nat(4),
  onlyIfUnwritten: fc.nat(5).map((number) => number === 0),
  drafts: fc.array(draft, { minLength: 1, maxLength: 3 }),
});

/** The first event of a random session: datablocks with items and arrays, so that most commits find what they change. */
export const firstOperations: readonly Operation[] = [1, 2, 3].flatMap((place) => [
  {
    op: 'create' as const,
    id: id(place),
    type: 'Mesh',
    name: 'First',
    set: { a: 0, 'n/@00000000000000aa': 1, 'n/@00000000000000aa/x': 1 },
  },
  {
    op: 'put-group' as const,
    id: id(place),
    group: 'geometry',
    from: 0,
    arrays: ['position', 'uv'].map((name, index) => ({
      path: name,
      dtype: 'u1' as const,
      shape: [contents[index + 2]!.length],
      data: { chunks: contentChunks[index + 2]! },
    })),
  },
]);

/** The operations of a random commit as they are made on `state`. */
export function operationsOn(state: SessionState, commit: RandomCommit): Operation[] {
  const versionOf = (place: number, name: string) =>
    state.datablocks.get(id(place))?.groups.get(name)?.version ?? 0;
  return commit.drafts.map((make) => make(versionOf));
}
