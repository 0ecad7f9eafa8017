import assert from 'node:assert/strict';
import type { DatablockId, Operation, Value } from '@sceneport/protocol';
import type { Down, OrderOperation } from '../../src/conversation/down.ts';
import type { FakeDatablock } from './fake-scene.ts';
import { type Seat, Studio } from './studio.ts';

/** Ann and Ben in one session, with a material in it. */
export interface Pair {
  readonly studio: Studio;
  readonly ann: Seat;
  readonly ben: Seat;
  readonly material: DatablockId;
}

/** Opens a session: Ann publishes, Ben joins. */
export async function pair(fill: (material: FakeDatablock) => void = () => {}): Promise<Pair> {
  const studio = new Studio();
  const ann = studio.sit('Ann');
  const material = ann.blender.add('Material', 'Material', fill);
  assert.equal((await studio.join(ann, 'current')).ok, true);
  const ben = studio.sit('Ben');
  assert.equal((await studio.join(ben, null)).ok, true);
  await studio.rest();
  return { studio, ann, ben, material };
}

/** The datablock in a Blender. */
export function shown(seat: Seat, id: DatablockId): FakeDatablock {
  const datablock = seat.blender.scene.datablocks.get(id);
  assert.ok(datablock !== undefined, `${seat.name} does not have it`);
  return datablock;
}

/** The value in the session. */
export function shared({ studio }: Pair, id: DatablockId, path: string): Value | undefined {
  return studio.server.state.datablocks.get(id)?.properties.get(path)?.value;
}

/** Commits as a script does, past any Blender. */
export function commit(seat: Seat, ...operations: Operation[]): void {
  void seat.session!.commit(operations);
}

/** Everything that was ordered of a Blender since `from` messages. */
export function ordered(seat: Seat, from = 0): OrderOperation[] {
  return orders(seat, from).flatMap(({ ops }) => ops);
}

/** The orders to a Blender since `from` messages. */
export function orders(seat: Seat, from = 0): Extract<Down, { type: 'order' }>[] {
  return seat.blender.messages.slice(from).filter((message) => message.type === 'order');
}

/** The codes of the notices to a user. */
export function notices(seat: Seat): string[] {
  return seat.blender.messages.flatMap((message) => (message.type === 'notice' ? [message.message] : []));
}
