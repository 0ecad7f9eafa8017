import { PassThrough } from 'node:stream';
import { type DatablockId, newDatablockId, randomBytes, toHex } from '@sceneport/protocol';
import type { Down, OrderOperation } from '../../src/conversation/down.ts';
import { encodeLinkMessage, LinkReader } from '../../src/conversation/framing.ts';
import { differenceOf, type FakeBlock, type FakeEntry, readEntry } from './fake-entry.ts';
import { applySet } from './fake-hands.ts';
import { type FakeDatablock, FakeScene } from './fake-scene.ts';
import { FakeUnstored } from './fake-unstored.ts';

type Order = Extract<Down, { type: 'order' }>;
type Result = Extract<Down, { type: 'result' }>;

/** An order that has arrived, and what has come of the operations that are done. */
interface StartedOrder {
  readonly order: Order;
  readonly buffers: readonly Uint8Array[];
  done: number;
  /** What the datablocks would show if everything had come out as ordered. */
  readonly expected: Map<DatablockId, FakeEntry>;
  /** What was known when it began. */
  readonly start: Map<DatablockId, FakeEntry>;
  shown: FakeBlock[];
  shownBuffers: Uint8Array[];
  readonly failed: object[];
}

/** The scene after one step, and whether an order pushed it. */
interface UndoStep {
  readonly scene: Map<DatablockId, FakeDatablock>;
  readonly ours: boolean;
}

/** A Blender with the add-on in it: hands over what its user does, carries out orders in ticks, has undo and modes. */
export class FakeBlender {
  toCompanion = new PassThrough();
  fromCompanion = new PassThrough();
  /** Names this stay in the session (J9). */
  readonly stay = toHex(randomBytes(16));
  readonly scene = new FakeScene();
  readonly messages: Down[] = [];
  readonly unstored = new FakeUnstored();
  /** False: what the companion says is on its disk is on its way. */
  hearsStored = true;
  /** The number of the last show (J9). */
  shows = 0;
  /** False from the end of a companion until everything has been shown to the next. */
  #isHeard = true;
  readonly #cache = new Map<DatablockId, FakeEntry>();
  readonly #orders: StartedOrder[] = [];
  readonly #requests = new Map<number, (result: Result) => void>();
  #undo: UndoStep[] = [];
  #undoAt = -1;
  /** The way of an undo that took back a step of an order: what becomes of it is for the companion to say (R6). */
  #undoing: -1 | 1 | null = null;
  /** Arrays of these are not handed over, and what is ordered of them would be lost. */
  readonly editing = new Set<DatablockId>();
  /** Carries orders out as they come. */
  isTicking = true;
  /** An empty file has a scene of its own, which Blender shows as soon as it can. */
  hasDefaultScene = false;
  /** Types of datablocks that this Blender cannot make. */
  readonly unsupported = new Set<string>();
  /** Answers `ask`. */
  answer: 'current' | 'empty' | null = null;

  constructor() {
    this.#link();
    this.pushUndo();
  }

  /** Its companion is dead; another one will be at the other end. */
  relink(): void {
    this.toCompanion = new PassThrough();
    this.fromCompanion = new PassThrough();
    this.#isHeard = false;
    this.#undoing = null;
    this.#orders.length = 0;
    this.#link();
  }

  #link(): void {
    const reader = new LinkReader();
    const stream = this.fromCompanion;
    stream.on('data', (bytes: Uint8Array) => {
      if (stream !== this.fromCompanion) return;
      for (const { header, buffers } of reader.push(bytes)) this.#hear(header as unknown as Down, buffers);
    });
    this.say({ type: 'hello', version: 1, blender: '3.4.1' });
  }

  say(header: object, buffers: readonly Uint8Array[] = []): void {
    if (!this.toCompanion.writableEnded) this.toCompanion.write(encodeLinkMessage(header, buffers));
  }

  /** Sends a request; resolves with its answer (L6). */
  request(type: string, fields: object = {}): Promise<Result> {
    const request = this.#requests.size + 1;
    return new Promise((resolve) => {
      this.#requests.set(request, resolve);
      this.say({ type, request, ...fields });
    });
  }

  /** The last status. */
  get status(): Extract<Down, { type: 'status' }> | undefined {
    return this.messages.findLast((message) => message.type === 'status') as never;
  }

  /** The last event that it is known to show (J12). */
  get seq(): number {
    const known = this.messages.findLast((one) => one.type === 'status' && one.state === 'online');
    return known?.type === 'status' ? known.seq : 0;
  }

  /** No order waits. */
  get isIdle(): boolean {
    return this.#orders.length === 0;
  }

  /** The user does something: it becomes an undo step and is handed over. */
  act(action: (scene: FakeScene) => void): void {
    action(this.scene);
    this.pushUndo();
    this.capture('edit');
  }

  /** Adds a datablock as its user does. */
  add(type: string, name: string, fill: (datablock: FakeDatablock) => void = () => {}): DatablockId {
    const id = newDatablockId();
    this.act((scene) => fill(scene.create(id, type, name)));
    return id;
  }

  undo(): void {
    this.#travel(-1);
  }

  redo(): void {
    this.#travel(1);
  }

  /** True until it is decided whether an undo goes further. */
  get isUndoing(): boolean {
    return this.#undoing !== null;
  }

  pushUndo(ours = false): void {
    this.#undo = [...this.#undo.slice(0, this.#undoAt + 1), { scene: this.scene.copy(), ours }];
    this.#undoAt = this.#undo.length - 1;
  }

  /** B1: enters or leaves edit mode. */
  setEditing(id: DatablockId, editing: boolean): void {
    this.capture('edit');
    if (editing) this.editing.add(id);
    else this.editing.delete(id);
    this.#sayBusy();
    this.capture('edit');
  }

  /** Hands over what differs from what was handed over. */
  capture(reason: 'edit' | 'undo' | 'hand-over', ours = false): void {
    const blocks: FakeBlock[] = [];
    const buffers: Uint8Array[] = [];
    const gone = [...this.#cache.keys()].filter((id) => !this.scene.datablocks.has(id));
    const show = this.shows + 1;
    for (const id of gone) this.#cache.delete(id);
    for (const id of gone) this.unstored.noteGone(show, reason === 'undo', id);
    for (const id of this.scene.datablocks.keys()) {
      const before = this.#cache.get(id);
      const block = this.#differenceOf(id, before, buffers);
      if (block === null) continue;
      blocks.push(block);
      this.unstored.note(show, reason === 'undo', block, before);
    }
    if (blocks.length + gone.length > 0 || reason !== 'edit') {
      this.shows = show;
      this.#breakOff();
      if (this.#isHeard) this.say({ type: 'show', show, reason, blocks, gone, done: true, ours }, buffers);
      else this.#undoing = null;
    }
  }

  /** J12: shows everything, with the places that are this user's. */
  #showAgain(): void {
    this.capture('edit');
    this.#sayBusy();
    const buffers: Uint8Array[] = [];
    const blocks: FakeBlock[] = [];
    for (const id of this.scene.datablocks.keys()) {
      const block = this.#differenceOf(id, undefined, buffers)!;
      if (this.editing.has(id)) this.#cache.get(id)!.arrays = [];
      blocks.push({ ...block, ...this.unstored.marks(id) });
    }
    const { gone, undone } = this.unstored.gone((id) => this.scene.datablocks.has(id));
    this.#isHeard = true;
    const show = ++this.shows;
    this.say({ type: 'show', show, reason: 'again', blocks, gone, undone, done: true }, buffers);
  }

  #sayBusy(): void {
    this.say({ type: 'busy', blocks: Object.fromEntries([...this.editing].map((one) => [one, 'arrays'])) });
  }

  /**
   * Carries out the next order, after handing over what the user has done; where it is not ticking by itself, one operation
   * of it.
   */
  tick(): void {
    if (!this.#next()?.order.ops.some(({ op }) => op === 'open-empty')) this.capture('edit');
    const next = this.#next();
    if (next === undefined || this.isUndoing) return;
    const { order, buffers, expected, failed, start } = next;
    if (next.done === 0) for (const [id, entry] of this.#cache) start.set(id, entry);
    const end = this.isTicking ? order.ops.length : next.done + 1;
    for (const operation of order.ops.slice(next.done, end))
      this.#carryOut(operation, buffers, expected, failed);
    next.done = end;
    next.shown = [];
    next.shownBuffers = [];
    for (const id of this.scene.datablocks.keys()) {
      const block = this.#differenceOf(id, expected.get(id) ?? start.get(id), next.shownBuffers);
      if (block !== null) next.shown.push(block);
    }
    if (order.push) this.pushUndo(true);
    if (end >= order.ops.length) this.#report();
  }

  #next(): StartedOrder | undefined {
    return this.#orders[0];
  }

  #report(): void {
    const { order, shown, shownBuffers, failed } = this.#orders.shift()!;
    this.say({ type: 'applied', order: order.order, shown, failed }, shownBuffers);
    if (this.hasDefaultScene && order.ops.some(({ op }) => op === 'open-empty')) this.add('Scene', 'Scene');
  }

  /** O4: an order that is partly carried out is reported before anything is shown. */
  #breakOff(): void {
    const next = this.#next();
    if (next === undefined || next.done === 0) return;
    for (const operation of next.order.ops.slice(next.done)) {
      for (const path of placesOf(operation))
        next.failed.push({ id: idOf(operation), path, code: 'interrupted' });
    }
    this.#report();
  }

  #differenceOf(id: DatablockId, before: FakeEntry | undefined, buffers: Uint8Array[]): FakeBlock | null {
    const now = readEntry(this.scene.datablocks.get(id)!);
    if (this.editing.has(id)) now.arrays = before?.arrays ?? [];
    this.#cache.set(id, now);
    return differenceOf(id, before, now, buffers);
  }

  #carryOut(
    operation: OrderOperation,
    buffers: readonly Uint8Array[],
    expected: Map<DatablockId, FakeEntry>,
    failed: object[],
  ): void {
    if (operation.op === 'open-empty') {
      this.scene.datablocks.clear();
      this.#cache.clear();
      this.unstored.stored(this.shows);
      this.#undo = [];
      this.pushUndo();
      return;
    }
    const { id } = operation;
    if (operation.op === 'create') {
      if (this.unsupported.has(operation.type))
        return void failed.push({ id, path: '', code: 'unsupported' });
      const datablock = this.scene.create(id, operation.type, operation.name);
      datablock.positions = [];
      datablock.corners = [];
      const entry = { ...readEntry(datablock), name: operation.name, set: {} };
      expected.set(id, entry);
      applySet(this.scene, datablock, { ...operation, unset: [], sets: {}, items: {} }, entry, failed);
      return;
    }
    const datablock = this.scene.datablocks.get(id);
    if (datablock === undefined) return void failed.push({ id, path: '', code: 'gone' });
    const entry = structuredClone(expected.get(id) ?? this.#cache.get(id)!);
    expected.set(id, entry);
    switch (operation.op) {
      case 'delete':
        this.scene.delete(id);
        this.#cache.delete(id);
        return void expected.delete(id);
      case 'rename':
        this.scene.rename(datablock, operation.name);
        entry.name = operation.name;
        return;
      case 'set':
        applySet(this.scene, datablock, operation, entry, failed);
        return;
      case 'arrays':
        if (this.editing.has(id)) return void failed.push({ id, path: 'geometry', code: 'busy' });
        for (const { path, buffer } of operation.arrays) writeArray(datablock, path, buffers[buffer]!);
        if (operation.arrays.length === 0) Object.assign(datablock, { positions: [], corners: [] });
        entry.arrays = readEntry(datablock).arrays;
        return;
      case 'range': {
        if (this.editing.has(id)) return void failed.push({ id, path: 'geometry', code: 'busy' });
        const bytes = readEntry(datablock).arrays.find(({ path }) => path === operation.path)!.bytes;
        const part = buffers[operation.buffer]!;
        if (operation.offset + part.length > bytes.length)
          return void failed.push({ id, path: operation.path, code: 'bad-array' });
        bytes.set(part, operation.offset);
        writeArray(datablock, operation.path, bytes);
        entry.arrays = readEntry(datablock).arrays;
      }
    }
  }

  #travel(way: -1 | 1): void {
    const step = this.#undo[this.#undoAt + way];
    if (step === undefined) return;
    const crossed = way === -1 ? this.#undo[this.#undoAt]! : step;
    this.#undoAt += way;
    this.scene.datablocks = structuredClone(step.scene);
    this.scene.dropDangling((id) => !this.scene.datablocks.has(id));
    this.#undoing = crossed.ours ? way : null;
    this.capture('undo', crossed.ours);
  }

  /** R6: one step further where there is one, else nothing; then what was ordered meanwhile. */
  #goOn(further: boolean): void {
    const way = this.#undoing;
    this.#undoing = null;
    const from = this.#undoAt;
    if (further && way !== null) this.#travel(way);
    if (further && this.#undoAt === from) this.capture('undo');
    while (this.isTicking && !this.isUndoing && !this.isIdle) this.tick();
  }

  #hear(message: Down, buffers: readonly Uint8Array[]): void {
    this.messages.push(message);
    if (message.type === 'order') {
      this.#orders.push({
        order: message,
        buffers: buffers.map((buffer) => buffer.slice()),
        done: 0,
        expected: new Map(),
        start: new Map(),
        shown: [],
        shownBuffers: [],
        failed: [],
      });
      if (this.isTicking) this.tick();
    } else if (message.type === 'undone') {
      this.#goOn(message.further);
    } else if (message.type === 'stored') {
      if (this.hearsStored) this.unstored.stored(message.show);
    } else if (message.type === 'show-again') {
      this.unstored.stored(message.stored);
      this.#showAgain();
    } else if (message.type === 'hand-over') {
      this.#cache.clear();
      this.#isHeard = true;
      this.capture('hand-over');
    } else if (message.type === 'ask' && this.answer !== null) {
      void this.request('choose', { scene: this.answer });
    } else if (message.type === 'result') this.#requests.get(message.request)?.(message);
  }
}

function writeArray(datablock: FakeDatablock, path: string, bytes: Uint8Array): void {
  const copy = bytes.slice().buffer;
  if (path === 'position') datablock.positions = [...new Float32Array(copy)];
  else datablock.corners = [...new Int32Array(copy)];
}

function idOf(operation: OrderOperation): string {
  return operation.op === 'open-empty' ? '' : operation.id;
}

/** The paths under which an operation that was not carried out is reported. */
function placesOf(operation: OrderOperation): string[] {
  switch (operation.op) {
    case 'set':
      return [operation.set, operation.sets, operation.items].flatMap(Object.keys).concat(operation.unset);
    case 'arrays':
    case 'range':
      return [operation.group];
    default:
      return operation.op === 'rename' ? ['name'] : [''];
  }
}
