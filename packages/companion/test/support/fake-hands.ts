import type { Value } from '@sceneport/protocol';
import type { SetOrder } from '../../src/conversation/down.ts';
import type { FakeEntry } from './fake-entry.ts';
import { type FakeDatablock, type FakeScene, handleOf, MEMBERS, NODES, nodeOf, SLOTS } from './fake-scene.ts';

type Content = Omit<SetOrder, 'op'>;

/** Carries out `set` (O2). `entry` becomes what the datablock would show if everything came out as ordered. */
export function applySet(
  scene: FakeScene,
  datablock: FakeDatablock,
  { id, set, unset, sets, items }: Content,
  entry: FakeEntry,
  failed: object[],
): void {
  for (const path of unset) delete entry.set[path];
  Object.assign(entry.set, structuredClone(set));
  Object.assign(entry.items, structuredClone(items));
  Object.assign(entry.sets, structuredClone(sets));
  for (const path of unset) unsetPath(datablock, path);
  for (const [path, value] of Object.entries(set)) {
    if (!path.includes('/') && !scene.setValue(datablock, path, structuredClone(value)))
      failed.push({ id, path, code: 'bad-value' });
  }
  const nodes = items[NODES];
  if (nodes !== undefined) {
    const handles = nodes.map(([handle]) => handle);
    for (const node of [...datablock.nodes])
      if (!handles.includes(handleOf(node))) scene.removeNode(datablock, node);
    for (const handle of handles) {
      if (nodeOf(datablock, handle) !== undefined) continue;
      // As Blender needs the type of a node, this one needs that its name is ordered with it.
      const path = `${NODES}/${handle}/name`;
      if (path in set) scene.addNode(datablock, decodeURIComponent(handle));
      else failed.push({ id, path, code: 'unsupported' });
    }
  }
  const slots = items[SLOTS];
  if (slots !== undefined) {
    datablock.slots.length = Math.min(datablock.slots.length, slots.length);
    while (datablock.slots.length < slots.length) datablock.slots.push({ material: null });
  }
  if (sets[MEMBERS] !== undefined) datablock.members = [...sets[MEMBERS]];
  const known = new Map(datablock.nodes.map((node) => [handleOf(node), node]));
  for (const [path, value] of Object.entries(set)) {
    if (path.includes('/') && !setBelow(scene, datablock, known, path, value))
      failed.push({ id, path, code: 'gone' });
  }
}

function setBelow(
  scene: FakeScene,
  datablock: FakeDatablock,
  nodes: ReadonlyMap<string, FakeDatablock['nodes'][number]>,
  path: string,
  value: Value,
): boolean {
  if (path.startsWith(`${SLOTS}/`)) {
    const slot = datablock.slots[Number(path.split('/')[1])];
    if (slot === undefined) return false;
    slot.material = structuredClone(value);
    return true;
  }
  const [handle, name] = path.slice(NODES.length + 1).split('/');
  const node = nodes.get(handle!);
  if (node === undefined) return false;
  if (name === 'name') scene.renameNode(datablock, node, String(value));
  else if (name === 'next') return setNext(node, nodes, value);
  else node.values[name!] = structuredClone(value);
  return true;
}

function setNext(
  node: FakeDatablock['nodes'][number],
  nodes: ReadonlyMap<string, FakeDatablock['nodes'][number]>,
  value: Value,
): boolean {
  if (value === null) {
    delete node.values.next;
    return true;
  }
  const target = nodes.get((value as { item: string }).item.slice(NODES.length + 1));
  if (target === undefined) return false;
  node.values.next = target.name;
  return true;
}

function unsetPath(datablock: FakeDatablock, path: string): void {
  if (!path.includes('/')) {
    delete datablock.values[path];
    return;
  }
  const [handle, name] = path.slice(NODES.length + 1).split('/');
  const node = path.startsWith(`${NODES}/`) ? nodeOf(datablock, handle!) : undefined;
  if (node !== undefined && name !== 'name') delete node.values[name!];
}
