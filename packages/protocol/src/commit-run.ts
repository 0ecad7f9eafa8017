import { applyArrays, applyGroup, applyRange } from './array-operations.ts';
import type { CommitBody } from './commit.ts';
import type { Datablock, Written } from './datablock.ts';
import { type Refusal, refusal } from './errors.ts';
import type { ChunkName, DatablockId } from './ids.ts';
import { Journal } from './journal.ts';
import type { Operation, OperationOf } from './operation.ts';
import { isBelow, itemsAbove, type Path } from './path.ts';
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
    const owner = datablock.owner;
    if (owner !== null && owner.user !== this.context.author && !this.context.override) {
      return refusal('not-owner', 'Another user has locked this.', { id: datablock.id, owner: owner.user });
    }
    this.#touched.add(datablock.id);
    this.journal.assign(datablock, 'seq', this.context.seq);
    switch (operation.op) {
      case 'delete':
        for (const [path, property] of datablock.properties) this.noteOverwritten(datablock, path, property);
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
      const paths = this.#overwritten.map(({ id, path, author }) => ({
        id,
        path,
        author,
        value: this.#valueAt(id, path),
      }));
      return refusal('conflict', 'Others changed the same things while you were away.', { paths });
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
    }
    return undefined;
  }

  #unset(datablock: Datablock, path: Path): void {
    const { properties, groups } = datablock;
    this.noteOverwritten(datablock, path, properties.get(path));
    this.journal.delete(properties, path);
    if (itemsAbove(path).at(-1) !== path) return;
    for (const below of [...properties.keys()]) {
      if (isBelow(below, path)) this.journal.delete(properties, below);
    }
    for (const group of groups.values()) {
      for (const below of [...group.arrays.keys()]) {
        if (isBelow(below, path)) this.journal.delete(group.arrays, below);
      }
    }
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
