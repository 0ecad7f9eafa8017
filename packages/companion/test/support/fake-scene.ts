import { type DatablockId, decodeSegment, encodeSegment, referenceOf, type Value } from '@sceneport/protocol';

/** A node of the fake Blender: named items with a hint, and references to other nodes. */
export interface FakeNode {
  name: string;
  readonly hint: number;
  values: Record<string, Value>;
}

/** A datablock of the fake Blender: plain values, nodes with names, slots without, members, and a mesh. */
export interface FakeDatablock {
  readonly id: DatablockId;
  readonly type: string;
  name: string;
  values: Record<string, Value>;
  nodes: FakeNode[];
  slots: { material: Value }[];
  members: DatablockId[];
  /** Three floats for each vertex. */
  positions: number[];
  /** The topology. */
  corners: number[];
}

/** The collections of the fake Blender, as paths. */
export const NODES = 'node_tree/nodes';
export const SLOTS = 'materials';
export const MEMBERS = 'objects';
/** Blender clamps this property. */
export const CLAMPED = 'energy';
const MOST_ENERGY = 10;

/** What the fake Blender has in its file, with what Blender does by itself. */
export class FakeScene {
  datablocks = new Map<DatablockId, FakeDatablock>();
  #hints = 0;

  /** A copy for the undo stack. */
  copy(): Map<DatablockId, FakeDatablock> {
    return structuredClone(this.datablocks);
  }

  create(id: DatablockId, type: string, name: string): FakeDatablock {
    const datablock: FakeDatablock = {
      id,
      type,
      name: '',
      values: {},
      nodes: [],
      slots: [],
      members: [],
      positions: type === 'Mesh' ? [0, 0, 0] : [],
      corners: type === 'Mesh' ? [0] : [],
    };
    this.datablocks.set(id, datablock);
    this.rename(datablock, name);
    return datablock;
  }

  /** Names are unique within a type: Blender adds `.001`. */
  rename(datablock: FakeDatablock, name: string): void {
    const others = [...this.datablocks.values()].filter(
      (one) => one !== datablock && one.type === datablock.type,
    );
    datablock.name = unique(
      name,
      others.map((one) => one.name),
    );
  }

  /** References to what is gone are null, and sets lose it. */
  delete(id: DatablockId): void {
    this.datablocks.delete(id);
    this.dropDangling((target) => target === id);
  }

  dropDangling(isGone: (id: DatablockId) => boolean): void {
    const clear = (values: Record<string, Value>): void => {
      for (const [path, value] of Object.entries(values)) {
        if (typeof value === 'object' && value !== null && 'ref' in value && isGone(value.ref))
          values[path] = null;
      }
    };
    for (const datablock of this.datablocks.values()) {
      clear(datablock.values);
      for (const node of datablock.nodes) clear(node.values);
      for (const slot of datablock.slots) clear(slot as unknown as Record<string, Value>);
      datablock.members = datablock.members.filter((member) => !isGone(member));
    }
  }

  /** False for a parent that would close a circle: Blender leaves everything as it is. */
  setValue(datablock: FakeDatablock, path: string, value: Value): boolean {
    if (path === 'parent' && this.#isAbove(datablock.id, value)) return false;
    datablock.values[path] = path === CLAMPED ? Math.min(Number(value), MOST_ENERGY) : value;
    // Blender makes a first node by itself.
    if (path === 'use_nodes' && value === true && datablock.nodes.length === 0)
      this.addNode(datablock, 'Output');
    return true;
  }

  #isAbove(id: DatablockId, parent: Value): boolean {
    for (let above = referenceOf(parent); above !== null; ) {
      if (above === id) return true;
      above = referenceOf(this.datablocks.get(above)?.values.parent);
    }
    return false;
  }

  addNode(datablock: FakeDatablock, name: string): FakeNode {
    const node: FakeNode = { name: '', hint: ++this.#hints, values: {} };
    datablock.nodes.push(node);
    this.renameNode(datablock, node, name);
    return node;
  }

  renameNode(datablock: FakeDatablock, node: FakeNode, name: string): void {
    const before = node.name;
    const others = datablock.nodes.filter((one) => one !== node).map((one) => one.name);
    node.name = unique(name, others);
    for (const other of datablock.nodes) if (other.values.next === before) other.values.next = node.name;
    datablock.nodes.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  removeNode(datablock: FakeDatablock, node: FakeNode): void {
    datablock.nodes = datablock.nodes.filter((one) => one !== node);
    for (const other of datablock.nodes) if (other.values.next === node.name) delete other.values.next;
  }
}

/** `name`, or with the first free number as Blender writes it. */
export function unique(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  const stem = name.replace(/\.\d{3}$/, '');
  for (let number = 1; ; number++) {
    const candidate = `${stem}.${String(number).padStart(3, '0')}`;
    if (!taken.includes(candidate)) return candidate;
  }
}

/** The handle of a node. */
export function handleOf(node: FakeNode): string {
  return encodeSegment(node.name);
}

/** The node of a handle. */
export function nodeOf(datablock: FakeDatablock, handle: string): FakeNode | undefined {
  const name = decodeSegment(handle);
  return datablock.nodes.find((node) => node.name === name);
}
