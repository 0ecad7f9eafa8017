import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sameScenes } from './compare.ts';
import { CLAMPED, type FakeDatablock, type FakeScene } from './fake-scene.ts';
import { type Seat, Studio } from './studio.ts';
import { Truth } from './truth.ts';

/** What can happen in a session; `pick` and `value` decide to what and how. */
const EDITS = [
  ...(['value', 'mark', 'clamped', 'custom', 'drop-custom', 'rename', 'create', 'create', 'delete'] as const),
  ...([
    'refer',
    'member',
    'node',
    'node',
    'drop-node',
    'rename-node',
    'node-value',
    'wire',
    'use-nodes',
  ] as const),
  ...(['slot', 'drop-slot', 'move', 'move', 'extrude'] as const),
];
const OTHERS = [
  'undo',
  'redo',
  'edit-mode',
  'hold',
  'tick',
  'pause',
  'wait',
  'cut',
  'crash',
  'kill',
] as const;
type Kind = (typeof EDITS)[number] | (typeof OTHERS)[number];

/** One step of a schedule. */
export interface Step {
  readonly seat: number;
  readonly kind: Kind;
  readonly pick: number;
  readonly value: number;
}

/** Schedules for `seats` users made of these kinds of steps. */
export function schedules(
  seats: number,
  kinds: readonly Kind[] = [...EDITS, ...OTHERS],
): fc.Arbitrary<Step[]> {
  const step = fc.record({
    seat: fc.nat(seats - 1),
    kind: fc.constantFrom(...kinds),
    pick: fc.nat(20),
    value: fc.nat(20),
  });
  return fc.array(step, { minLength: 10, maxLength: 70, size: 'max' });
}

export { EDITS, OTHERS };

/** Runs a schedule to its end: then everybody has the same, and what only one user writes is as they left it. */
export async function runSchedule(seats: number, steps: readonly Step[]): Promise<void> {
  const studio = new Studio();
  const first = studio.sit('User 0');
  const mesh = first.blender.add('Mesh', 'Mesh', (one) =>
    Object.assign(one, { positions: [0, 0, 0], corners: [0] }),
  );
  const object = first.blender.add('Object', 'Cube', (one) =>
    Object.assign(one.values, { data: { ref: mesh } }),
  );
  first.blender.add('Collection', 'Collection', (one) => one.members.push(object));
  first.blender.add('Material', 'Material');
  assert.equal((await studio.join(first, 'current')).ok, true);
  for (let number = 1; number < seats; number++) await studio.join(studio.sit(`User ${number}`), null);
  const truth = new Truth(studio);
  for (const step of steps) {
    truth.begin(step);
    await takeStep(studio, studio.seats[step.seat]!, step);
    truth.look(step);
    await studio.turns(step.value % 3);
  }
  for (const { blender } of studio.seats) {
    blender.say({ type: 'paused', paused: false });
    for (const id of [...blender.editing]) blender.setEditing(id, false);
  }
  await studio.rest();
  sameScenes(studio);
  const digests = await Promise.all(studio.seats.map(({ session }) => session!.digest()));
  const hex = await studio.server.digest();
  for (const digest of digests) assert.equal((digest as { hex: string }).hex, hex);
  truth.check();
  await studio.close();
}

async function takeStep(studio: Studio, seat: Seat, { kind, pick, value }: Step): Promise<void> {
  const { blender } = seat;
  const one = pickOf([...blender.scene.datablocks.values()], pick);
  switch (kind) {
    case 'undo':
    case 'redo':
      blender[kind]();
      return studio.until(() => !blender.isUndoing);
    case 'edit-mode': {
      const mesh = pickOf(
        [...blender.scene.datablocks.values()].filter(({ type }) => type === 'Mesh'),
        pick,
      );
      if (mesh !== undefined) blender.setEditing(mesh.id, !blender.editing.has(mesh.id));
      return;
    }
    case 'hold':
      blender.isTicking = false;
      return;
    case 'tick':
      return blender.tick();
    case 'pause':
      return blender.say({ type: 'paused', paused: value % 2 === 0 });
    case 'wait':
      return studio.turns(value);
    case 'cut':
      if (seat.session !== null) studio.cut(seat);
      return;
    case 'crash':
      await studio.turns(5);
      return studio.crash(seat);
    case 'kill':
      void studio.killCompanion(seat);
      return;
    case 'create':
      blender.add(value % 2 === 0 ? 'Object' : 'Mesh', `New ${value % 3}`);
      return;
    default:
      if (one !== undefined)
        blender.act((scene) => edit(scene, one, kind, pick, value, studio.seats.indexOf(seat)));
  }
}

function edit(
  scene: FakeScene,
  one: FakeDatablock,
  kind: (typeof EDITS)[number],
  pick: number,
  value: number,
  seat: number,
): void {
  const node = pickOf(one.nodes, pick);
  switch (kind) {
    case 'value':
      scene.setValue(one, 'location', [value, 0, pick]);
      return;
    case 'mark':
      scene.setValue(one, `mark_${seat}`, value);
      return;
    case 'clamped':
      scene.setValue(one, CLAMPED, value);
      return;
    case 'custom':
      scene.setValue(one, `custom_${pick % 2}`, value);
      return;
    case 'drop-custom':
      delete one.values[`custom_${pick % 2}`];
      return;
    case 'rename':
      scene.rename(one, `Name ${value % 4}`);
      return;
    case 'delete':
      scene.delete(one.id);
      return;
    case 'refer':
      scene.setValue(one, 'parent', { ref: pickOf([...scene.datablocks.keys()], value)! });
      return;
    case 'member': {
      const collection = [...scene.datablocks.values()].find(({ type }) => type === 'Collection');
      if (collection === undefined || one === collection) return;
      const others = collection.members.filter((id) => id !== one.id);
      collection.members = others.length === collection.members.length ? [...others, one.id] : others;
      return;
    }
    case 'node':
      scene.addNode(one, `Node ${value % 3}`);
      return;
    case 'drop-node':
      if (node !== undefined) scene.removeNode(one, node);
      return;
    case 'rename-node':
      if (node !== undefined) scene.renameNode(one, node, `Node ${value % 4}`);
      return;
    case 'node-value':
      if (node !== undefined) node.values.factor = value;
      return;
    case 'wire': {
      const target = pickOf(one.nodes, value);
      if (node !== undefined && target !== undefined) node.values.next = target.name;
      return;
    }
    case 'use-nodes':
      scene.setValue(one, 'use_nodes', true);
      return;
    case 'slot':
      one.slots.push({ material: { ref: pickOf([...scene.datablocks.keys()], value)! } });
      return;
    case 'drop-slot':
      one.slots.splice(pick % Math.max(one.slots.length, 1), 1);
      return;
    case 'move':
      if (one.positions.length > 0) one.positions[pick % one.positions.length] = value;
      return;
    case 'extrude':
      if (one.type !== 'Mesh') return;
      one.positions.push(value, pick, 0);
      one.corners.push(one.corners.length);
      return;
    case 'create':
  }
}

function pickOf<Content>(from: readonly Content[], pick: number): Content | undefined {
  return from[pick % Math.max(from.length, 1)];
}
