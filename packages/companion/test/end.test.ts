import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStore } from '@sceneport/client';
import type { FakeBlender } from './support/fake-blender.ts';
import { Studio } from './support/studio.ts';

/** A store whose writes end only when `open` is called, once `close` was. */
function slowStore() {
  const store = memoryStore();
  let opened = Promise.resolve();
  let open = (): void => {};
  const waits =
    <Arguments extends unknown[]>(write: (...args: Arguments) => Promise<void>) =>
    async (...args: Arguments): Promise<void> => {
      await opened;
      return write(...args);
    };
  return {
    store: {
      ...store,
      outbox: { ...store.outbox, put: waits(store.outbox.put) },
      chunks: { ...store.chunks, put: waits(store.chunks.put) },
    },
    close: () => {
      ({ promise: opened, resolve: open } = Promise.withResolvers<void>());
    },
    open: () => open(),
  };
}

for (const [what, work] of [
  ['a property', (blender: FakeBlender) => void blender.add('Object', 'Late')],
  ['an array', (blender: FakeBlender) => void blender.add('Mesh', 'Late')],
] as const) {
  test(`[L4] a companion whose input ends waits until ${what} that was handed over is on disk`, async () => {
    const studio = new Studio();
    const { store, close, open } = slowStore();
    const ann = studio.sit('Ann', store);
    ann.blender.add('Object', 'Cube');
    assert.equal((await studio.join(ann, 'current')).ok, true);
    await studio.rest();
    close();
    work(ann.blender);
    ann.blender.toCompanion.end();
    let status: number | null = null;
    void ann.ended.then((code) => {
      status = code;
    });
    await studio.turns(50);
    assert.equal(status, null);
    open();
    await studio.until(() => status !== null);
    assert.equal(status, 0);
    const names = [...studio.server.state.datablocks.values()].map(({ name }) => name);
    assert.deepEqual(names, ['Cube', 'Late']);
  });
}
