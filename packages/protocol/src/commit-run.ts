import { applyArrays, applyGroup, applyRange } from './array-operations.ts';
import { utf8 } from './bytes.ts';
import type { CommitBody } from './commit.ts';
import type { Datablock, Written } from './datablock.ts';
import { type Refusal, refusal } from './errors.ts';
import type { ChunkName, DatablockId } from './ids.ts';
import { ItemContents } from './item-contents.ts';
import { Journal } from './journal.ts';
import { LIMITS } from './limits.ts';
import type { Operation, OperationOf } from './operation.ts';
import { isItemPath, itemsAbove, type Path } from './path.ts';
import type { Applied, CommitContext, Overwritten, SessionState } from './session-state.ts';

/** One commit on its way through the state: each step is an operation; {@link rollBack} takes all of them back. */
export class CommitRun {
  readonly state: SessionState;
  readonly body: CommitBody;
  readonly context: CommitContext;
  readonly journal = new Journal();
  readonly inlineChunks = new Map<ChunkName, Uint8Array>();
  readonly #touched = new Set<DatablockId>();
  readonly #overwritten: Overwritten[] = [];
  readonly #contents = new Map<Datablock, ItemContents>();
  #chunkSlots = 0;

  constructor(state: SessionState, body: CommitBody, context: CommitContext) {
    this.state = state;
    this.body = body;
    this.context = context;
  }

  /** Applies one operation, or says why not. */
  step(operation: Operation): Refusal | undefined {
    if (operation.op === 'create') return this.#create(operation);
    const datablock = this.state.datablocks.get(operation.id);
    if (datablock === undefined) return gone(operation.id);
    if (this.#isLocked(datablock)) return this.#notOwner(datablock);
    this.#touched.add(datablock.id);
    this.journal.assign(datablock, 'seq', this.context.seq);
    switch (operation.op) {
      case 'delete':
        this.#noteAllOverwritten(datablock);
        this.journal.delete(this.state.datablocks, datablock.id);
        return void this.journal.set(this.state.removed, datablock.id, this.written);
      case 'rename':
        this.noteOverwritten(datablock, ':name', datablock.named);
        this.journal.assign(datablock, 'name', operation.name);
        return void this.journal.assign(datablock, 'named', this.written);
      case 'set':
        return this.#set(datablock, operation);
      case 'own':
        return void this.journal.assign(datablock, 'owner', {
          user: operation.user ?? this.context.author,
          kind: operation.kind,
        });
      case 'disown':
        return void this.journal.assign(datablock, 'owner', null);
      case 'put-group':
        return applyGroup(this, datablock, operation);
      case 'put-array':
        return applyArrays(this, datablock, operation);
      case 'range':
        return applyRange(this, datablock, operation);
    }
  }

  /** Takes back every step. */
  rollBack(): void {
    this.journal.rollBack();
  }

  /** The outcome when all steps were made; with `onlyIfUnwritten` a conflict instead, everything taken back (C8). */
  finish(): Applied | Refusal {
    if (this.context.onlyIfUnwritten && this.#overwritten.length > 0) {
      this.rollBack();
      return refusal('conflict', 'Others changed the same things while you were away.', this.#conflicts());
    }
    return { touched: this.#touched, overwritten: this.#overwritten, inlineChunks: this.inlineChunks };
  }

  /** Event number and author of everything that this commit writes. */
  get written(): Written {
    return { seq: this.context.seq, author: this.context.author };
  }

  /** Notes that `before`, which another wrote after the author last looked, is overwritten at `path`. */
  noteOverwritten(datablock: Datablock, path: Path, before: Written | undefined): void {
    if (before === undefined || before.seq <= this.context.base || before.author === this.context.author)
      return;
    this.#overwritten.push({ id: datablock.id, path, seq: before.seq, author: before.author });
  }

  /** The refusal when an item that `path` lies below is not there (M4). */
  missingItem(datablock: Datablock, path: Path): Refusal | undefined {
    for (const item of itemsAbove(path)) {
      if (item !== path && !datablock.properties.has(item)) return gone(datablock.id, item);
    }
    return undefined;
  }

  /** Notes an array or property that was put, so that removing an item above it finds it. */
  noteAdded(datablock: Datablock, path: Path, group: string | null): void {
    this.#contents.get(datablock)?.add(path, group);
  }

  /** Counts the chunks that a commit puts into arrays: false when they are more than one commit may. */
  takeChunkSlots(count: number): boolean {
    this.#chunkSlots += count;
    return this.#chunkSlots <= LIMITS.chunksPerCommit;
  }

  #isLocked({ owner }: Datablock): boolean {
    return owner !== null && owner.user !== this.context.author && !this.context.override;
  }

  /** Names `first` and, in `locked`, what others hold of the commit, as far as a refusal goes: the client takes out these (A2). */
  #notOwner(first: Datablock): Refusal {
    const locked = [...new Set(this.body.operations.map((operation) => operation.id))]
      .map((id) => this.state.datablocks.get(id))
      .filter((datablock) => datablock !== undefined && this.#isLocked(datablock))
      .map((datablock) => ({ id: datablock!.id, owner: datablock!.owner!.user }));
    const details = {
      id: first.id,
      owner: first.owner!.user,
      locked: locked.slice(0, LIMITS.refusedPlaces),
      lockedCount: locked.length,
    };
    return refusal('not-owner', 'Another user has locked this.', details);
  }

  /** The paths that others have written, as far as a refusal goes, with their values where those are small (C8). */
  #conflicts(): Record<string, unknown> {
    const paths = this.#overwritten.slice(0, LIMITS.refusedPlaces).map(({ id, path, author }) => {
      const value = this.#valueAt(id, path);
      const isShown = utf8(JSON.stringify(value)).length <= LIMITS.shownValueBytes;
      return { id, path, author, ...(isShown ? { value } : {}) };
    });
    return { paths, pathsCount: this.#overwritten.length };
  }

  #noteAllOverwritten(datablock: Datablock): void {
    this.noteOverwritten(datablock, ':name', datablock.named);
    for (const [path, property] of datablock.properties) this.noteOverwritten(datablock, path, property);
    for (const group of datablock.groups.values()) {
      for (const [path, array] of group.arrays) this.noteOverwritten(datablock, path, array);
    }
  }

  #create(operation: OperationOf<'create'>): Refusal | undefined {
    if (this.state.datablocks.has(operation.id)) {
      return refusal('exists', 'A datablock with this id exists already.', { id: operation.id });
    }
    const datablock: Datablock = {
      id: operation.id,
      type: operation.type,
      name: operation.name,
      named: this.written,
      created: this.written,
      owner: null,
      seq: this.context.seq,
      properties: new Map(),
      groups: new Map(),
    };
    this.#touched.add(datablock.id);
    this.journal.delete(this.state.removed, datablock.id);
    this.journal.set(this.state.datablocks, datablock.id, datablock);
    return this.#setProperties(datablock, operation.set);
  }

  #set(datablock: Datablock, operation: OperationOf<'set'>): Refusal | undefined {
    for (const path of operation.unset) this.#unset(datablock, path);
    return this.#setProperties(datablock, operation.set);
  }

  #setProperties(datablock: Datablock, set: OperationOf<'set'>['set']): Refusal | undefined {
    const { properties } = datablock;
    const paths = Object.keys(set);
    if (paths.some((path) => path.includes('@'))) paths.sort();
    for (const path of paths) {
      const missing = this.missingItem(datablock, path);
      if (missing !== undefined) return missing;
      this.noteOverwritten(datablock, path, properties.get(path));
      this.journal.set(properties, path, { value: set[path]!, ...this.written });
      this.noteAdded(datablock, path, null);
    }
    return undefined;
  }

  #unset(datablock: Datablock, path: Path): void {
    this.#removeProperty(datablock, path);
    if (!isItemPath(path)) return;
    const contents = this.#contents.get(datablock) ?? new ItemContents(datablock);
    this.#contents.set(datablock, contents);
    for (const place of contents.take(path)) {
      if (place.group === null) this.#removeProperty(datablock, place.path);
      else this.#removeArray(datablock, place.group, place.path);
    }
  }

  #removeProperty(datablock: Datablock, path: Path): void {
    this.noteOverwritten(datablock, path, datablock.properties.get(path));
    this.journal.delete(datablock.properties, path);
  }

  /** Removes an array, and its group with the last one (C5). */
  #removeArray(datablock: Datablock, name: string, path: Path): void {
    const group = datablock.groups.get(name);
    if (group === undefined) return;
    this.noteOverwritten(datablock, path, group.arrays.get(path));
    this.journal.delete(group.arrays, path);
    if (group.arrays.size === 0) this.journal.delete(datablock.groups, name);
  }

  #valueAt(id: DatablockId, path: Path): unknown {
    const datablock = this.state.datablocks.get(id);
    return path === ':name' ? datablock?.name : (datablock?.properties.get(path)?.value ?? null);
  }
}

function gone(id: DatablockId, item?: Path): Refusal {
  return refusal(
    'gone',
    'What was to be changed does not exist any more.',
    item === undefined ? { id } : { id, item },
  );
}
