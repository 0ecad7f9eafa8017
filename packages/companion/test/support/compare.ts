import assert from 'node:assert/strict';
import type { FakeBlender } from './fake-blender.ts';
import { readEntry } from './fake-entry.ts';
import type { Studio } from './studio.ts';

/** Throws unless all Blenders show the same and all replicas are equal (C4). */
export function sameScenes(studio: Studio): void {
  const [first, ...others] = studio.seats.map(({ blender }) => scene(blender));
  for (const other of others) assert.deepEqual(other, first);
}

/** What a Blender shows, less what may differ between equal scenes: the numbers that Blender adds to names, and hints. */
export function scene(blender: FakeBlender): object {
  const datablocks = [...blender.scene.datablocks.values()].map((datablock) => {
    const { type, name, set, sets, items, arrays } = readEntry(datablock);
    const properties = Object.entries(set)
      .filter(([, value]) => value !== null)
      .map(([path, value]) => plain(`${path} = ${JSON.stringify(value)}`));
    const lists = Object.entries(items).map(([path, list]) => `${path}: ${list.length}`);
    const bytes = arrays.map(
      (array) => `${array.path} ${array.shape} ${Buffer.from(array.bytes).toString('hex')}`,
    );
    return [
      datablock.id,
      { type, name: plain(name), properties: properties.sort(), sets, lists: lists.sort(), bytes },
    ];
  });
  return Object.fromEntries(datablocks.sort());
}

function plain(text: string): string {
  return text.replace(/\.\d{3}(?!\d)/g, '');
}
