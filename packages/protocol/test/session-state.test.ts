import assert from 'node:assert/strict';
import test from 'node:test';
import { newDatablockId } from '../src/ids.ts';
import { LIMITS } from '../src/limits.ts';
import type { Operation } from '../src/operation.ts';
import { SessionState } from '../src/session-state.ts';
import {
  applyNext,
  body,
  ChunkStore,
  context,
  create,
  id,
  propertyOf,
  refusedNext,
  sessionWith,
  set,
} from './support.ts';

const key = '00000000000000aa';
const inner = '00000000000000bb';

test('[M2] knows a datablock by its id: names need not be unique, a rename changes no identity', () => {
  const state = sessionWith(create(1), { ...create(2), name: 'Thing 1' } as never);
  applyNext(state, [{ op: 'rename', id: id(1), name: 'Other' }]);
  assert.equal(state.datablocks.get(id(1))!.name, 'Other');
  assert.equal(state.datablocks.get(id(2))!.name, 'Thing 1');
});

test('[M4] rejects an operation below an item that does not exist as gone', () => {
  const state = sessionWith(create(1));
  const refused = refusedNext(state, [set(1, { [`nodes/@${key}/name`]: 'x' })]);
  assert.equal(refused.code, 'gone');
  assert.deepEqual(refused.details, { id: id(1), item: `nodes/@${key}` });
});

test('[M4] takes an item and what lies below it in any order within one operation', () => {
  const state = sessionWith(create(1));
  applyNext(state, [
    set(1, {
      [`nodes/@${key}/inputs/@${inner}/value`]: 1,
      [`nodes/@${key}/inputs/@${inner}`]: 0.5,
      [`nodes/@${key}`]: 0.5,
    }),
  ]);
  assert.equal(propertyOf(state, 1, `nodes/@${key}/inputs/@${inner}/value`), 1);
});

test('[M4] removes everything below an item with it, and nothing beside it', () => {
  const other = `nodes/@${key}0000000000000000`;
  const state = sessionWith(
    create(1, {
      [`nodes/@${key}`]: 1,
      [`nodes/@${key}/a`]: 1,
      [`nodes/@${key}/in/@${inner}`]: 1,
      [other]: 2,
      nodes_x: 3,
    }),
  );
  applyNext(state, [set(1, {}, [`nodes/@${key}`])]);
  assert.deepEqual([...state.datablocks.get(id(1))!.properties.keys()], [other, 'nodes_x']);
});

test('[M4] unsets before it sets: an item removed and set in one operation comes back empty', () => {
  const state = sessionWith(create(1, { [`nodes/@${key}`]: 1, [`nodes/@${key}/a`]: 1 }));
  const below = [set(1, { [`nodes/@${key}/b`]: 2 }, [`nodes/@${key}`])];
  assert.equal(refusedNext(state, below).code, 'gone');
  assert.equal(propertyOf(state, 1, `nodes/@${key}/a`), 1);
  applyNext(state, [set(1, { [`nodes/@${key}/b`]: 2, [`nodes/@${key}`]: 3 }, [`nodes/@${key}`])]);
  assert.equal(propertyOf(state, 1, `nodes/@${key}/a`), undefined);
  assert.equal(propertyOf(state, 1, `nodes/@${key}/b`), 2);
});

test('[M4] removes what an earlier operation of the same commit put below the item', () => {
  const state = sessionWith(create(1, { [`nodes/@${key}`]: 1 }));
  applyNext(state, [
    set(1, { [`nodes/@${inner}`]: 1 }, [`nodes/@${key}`]),
    set(1, { [`nodes/@${key}`]: 1, [`nodes/@${key}/a`]: 1 }),
    set(1, {}, [`nodes/@${key}`]),
  ]);
  assert.deepEqual([...state.datablocks.get(id(1))!.properties.keys()], [`nodes/@${inner}`]);
});

test('[M4] removes many items at the cost of what they hold', () => {
  const items = Array.from({ length: 20_000 }, (_, index) => `n/@${index.toString(16).padStart(16, '0')}`);
  const state = sessionWith(
    create(
      1,
      Object.fromEntries(
        items.flatMap((item) => [
          [item, 1],
          [`${item}/a`, 1],
        ]),
      ),
    ),
  );
  const applied = state.apply(body(items.map((item) => set(1, {}, [item]))), context(2));
  assert.ok('touched' in applied);
  assert.equal(state.datablocks.get(id(1))!.properties.size, 0);
});

test('[M4] accepts unsetting what is not there', () => {
  const state = sessionWith(create(1));
  applyNext(state, [set(1, {}, ['location', `nodes/@${key}`, `nodes/@${key}/a`])]);
  assert.equal(state.datablocks.get(id(1))!.properties.size, 0);
});

test('[M7] applies a commit whole or not at all', () => {
  const state = sessionWith(create(1, { a: 1, [`n/@${key}`]: 1, [`n/@${key}/x`]: 1 }), create(2));
  const store = new ChunkStore();
  const before = store.digestOf(state);
  const refused = refusedNext(state, [
    set(1, { a: 2, b: 3 }, [`n/@${key}`]),
    { op: 'rename', id: id(1), name: 'New' },
    { op: 'own', id: id(1), kind: 'hard' },
    { op: 'delete', id: id(2) },
    create(3),
    create(2),
    create(3),
  ]);
  assert.equal(refused.code, 'exists');
  assert.equal(store.digestOf(state), before);
  assert.equal(state.datablocks.get(id(1))!.seq, 1);
  assert.equal(state.removed.size, 0);
});

test('[M7] makes, removes and makes a datablock again in one commit', () => {
  const state = new SessionState();
  applyNext(state, [create(1, { a: 1 }), { op: 'delete', id: id(1) }, create(1, { b: 2 })]);
  assert.deepEqual([...state.datablocks.get(id(1))!.properties.keys()], ['b']);
  assert.equal(state.removed.has(id(1)), false);
});

test('[C2] lets the last writer win for one property and keeps changes to different ones', () => {
  const state = sessionWith(create(1, { a: 0, b: 0 }));
  applyNext(state, [set(1, { a: 1 })], { author: 1, base: 1 });
  applyNext(state, [set(1, { b: 2 })], { author: 2, base: 1 });
  applyNext(state, [set(1, { a: 3 })], { author: 2, base: 1 });
  assert.deepEqual([propertyOf(state, 1, 'a'), propertyOf(state, 1, 'b')], [3, 2]);
});

test('[C6] removes a datablock and nothing else: what refers to it stays and works again with it', () => {
  const state = sessionWith(create(1), create(2, { data: { ref: id(1) } }));
  applyNext(state, [{ op: 'delete', id: id(1) }]);
  assert.deepEqual(propertyOf(state, 2, 'data'), { ref: id(1) });
  assert.deepEqual(state.removed.get(id(1)), { seq: 2, author: 1 });
  applyNext(state, [create(1)]);
  assert.ok(state.datablocks.has(id(1)));
  assert.equal(state.removed.has(id(1)), false);
});

test('[C6] refuses changes to a deleted datablock as gone and an id that exists as exists', () => {
  const state = sessionWith(create(1), create(2));
  applyNext(state, [{ op: 'delete', id: id(1) }]);
  const operations: Operation[] = [
    set(1, { a: 1 }),
    { op: 'delete', id: id(1) },
    { op: 'rename', id: id(1), name: 'x' },
    { op: 'disown', id: id(1) },
    { op: 'put-group', id: id(1), group: 'geometry', from: 0, arrays: [] },
  ];
  for (const operation of operations) assert.equal(refusedNext(state, [operation]).code, 'gone');
  assert.equal(refusedNext(state, [create(2)]).code, 'exists');
});

test('[A2] rejects a commit on what another has locked whole, naming all such datablocks and their owners', () => {
  const state = sessionWith(create(1), create(2), create(3), create(4));
  const own = (digit: number) => ({ op: 'own', id: id(digit), kind: 'hard' }) as const;
  applyNext(state, [own(1)], { author: 1 });
  applyNext(state, [own(2)], { author: 2 });
  applyNext(state, [own(3)], { author: 3 });
  const refused = refusedNext(state, [set(4, { a: 1 }), set(1, { a: 1 }), set(3, {}), set(2, { a: 1 })], {
    author: 2,
  });
  assert.equal(refused.code, 'not-owner');
  assert.deepEqual(refused.details?.locked, [
    { id: id(1), owner: 1 },
    { id: id(3), owner: 3 },
  ]);
  assert.equal(propertyOf(state, 4, 'a'), undefined);
  applyNext(state, [set(4, { a: 1 }), set(2, { a: 1 })], { author: 2 });
});

test('[A2] names so many of the locked datablocks and no more, and counts them all', () => {
  const ids = Array.from({ length: LIMITS.refusedPlaces + 5 }, () => newDatablockId());
  const state = sessionWith();
  const made = ids.map((each) => ({ op: 'create', id: each, type: 'Object', name: '', set: {} }) as const);
  applyNext(state, made, { author: 1 });
  applyNext(
    state,
    ids.map((each) => ({ op: 'own', id: each, kind: 'hard' }) as const),
    { author: 1 },
  );
  const refused = refusedNext(
    state,
    ids.map((each) => ({ op: 'delete', id: each }) as const),
    { author: 2 },
  );
  const { locked, lockedCount } = refused.details!;
  assert.equal((locked as unknown[]).length, LIMITS.refusedPlaces);
  assert.equal(lockedCount, ids.length);
});

test('[A3] takes and releases locks in the order of events; an override passes them', () => {
  const state = sessionWith(create(1));
  applyNext(state, [{ op: 'own', id: id(1), kind: 'soft' }], { author: 2 });
  assert.deepEqual(state.datablocks.get(id(1))!.owner, { user: 2, kind: 'soft' });
  assert.deepEqual(
    state.ownedBy(2).map((datablock) => datablock.id),
    [id(1)],
  );
  assert.equal(refusedNext(state, [{ op: 'disown', id: id(1) }], { author: 3 }).code, 'not-owner');
  applyNext(state, [{ op: 'disown', id: id(1) }], { author: 0, override: true });
  applyNext(state, [set(1, { a: 1 })], { author: 3 });
  assert.equal(state.datablocks.get(id(1))!.owner, null);
});

test('[S7] keeps the seq of the last change of every datablock', () => {
  const state = sessionWith(create(1), create(2));
  applyNext(state, [set(2, { a: 1 })]);
  assert.equal(state.datablocks.get(id(1))!.seq, 1);
  assert.equal(state.datablocks.get(id(2))!.seq, 2);
});
