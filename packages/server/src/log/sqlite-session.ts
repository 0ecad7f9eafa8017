import type { ChunkName, PackedChunk } from '@sceneport/protocol';
import { migrate, STORAGE_PRAGMAS } from './schema.ts';
import { SqliteChunks } from './sqlite-chunks.ts';
import { SqliteDatabase } from './sqlite-database.ts';
import { SqliteHistory } from './sqlite-history.ts';
import type {
  Checkpoint,
  PruneProgress,
  SessionSettings,
  StoredBan,
  StoredEvent,
  StoredInvite,
  StoredSession,
  StoredUser,
  VerifiedChunk,
  WriteBatch,
} from './storage.ts';
import { verifyChunk } from './verify-chunk.ts';

/** What a new file of a session starts with. */
export interface SessionFile {
  readonly path: string;
  /** Largest size of the file, bytes (P3). */
  readonly maxBytes: number;
  /** Settings of a session that is made now; null opens one that exists. */
  readonly create: SessionSettings | null;
}

/** Pages given back to the disk in one slice. */
const PAGES_PER_SLICE = 128;

/**
 * One session in one SQLite file: WAL, and `synchronous = FULL`, so that a transaction that returned is on stable
 * storage (P1). All methods are synchronous and belong to the storage's thread.
 */
export class SqliteSession {
  readonly #database: SqliteDatabase;
  readonly #history: SqliteHistory;
  readonly #chunks: SqliteChunks;

  constructor(file: SessionFile) {
    this.#database = new SqliteDatabase(file.path);
    this.#database.raw.exec(STORAGE_PRAGMAS);
    migrate(this.#database.raw);
    this.#history = new SqliteHistory(this.#database);
    this.#chunks = new SqliteChunks(this.#database);
    const pages = Math.max(16, Math.floor(file.maxBytes / this.#pragma('page_size')));
    this.#database.raw.exec(`PRAGMA max_page_count = ${pages}`);
    if (file.create !== null) this.saveSettings(file.create);
  }

  /** How far SQLite waits for the disk before a transaction counts (P1). */
  get synchronous(): 'full' | 'less' {
    return this.#pragma('synchronous') >= 2 ? 'full' : 'less';
  }

  load(): StoredSession {
    return {
      settings: JSON.parse(this.#database.meta('settings')!),
      checkpointSeq: this.#history.newestCheckpoint,
      oldestSeq: this.#history.oldest,
      datablocks: this.#history.presentDatablocks(),
      chunks: this.#chunks.index(),
      users: this.#jsonRows('users') as StoredUser[],
      invites: this.#jsonRows('invites') as StoredInvite[],
      bans: this.#jsonRows('bans') as StoredBan[],
    };
  }

  eventsAfter(seq: number, maxBytes: number): StoredEvent[] {
    return this.#history.eventsAfter(seq, maxBytes);
  }

  eventsBefore(seq: number, maxBytes: number, maxCount: number): StoredEvent[] {
    return this.#history.eventsBefore(seq, maxBytes, maxCount);
  }

  write(batch: WriteBatch): (VerifiedChunk | null)[] {
    const verified = batch.chunks.map(verifyChunk);
    this.#database.transaction(() => {
      batch.chunks.forEach((chunk, index) => {
        const found = verified[index]!;
        if (found !== null) this.#chunks.insert(found, chunk, 'uploaded');
      });
      batch.events.forEach((event, index) => {
        this.#history.appendEvent(event);
        for (const name of batch.named[index]!) this.#chunks.name(event.seq, name);
      });
    });
    return verified;
  }

  findCommit(author: number, counter: number): { seq: number; hash: Uint8Array } | null {
    return this.#history.findCommit(author, counter);
  }

  lastCounter(author: number): number {
    return this.#history.lastCounter(author);
  }

  checkpoint(checkpoint: Checkpoint): void {
    this.#database.transaction(() => {
      for (const [name, bytes] of checkpoint.chunks) this.#chunks.insertMade(name, bytes);
      this.#history.checkpoint(checkpoint);
    });
  }

  checkpointBefore(seq: number): number {
    return this.#history.checkpointBefore(seq);
  }

  datablocksAt(checkpoint: number, after: number, maxBytes: number): [number, string][] {
    return this.#history.datablocksAt(checkpoint, after, maxBytes);
  }

  compact(): boolean {
    return this.#database.transaction(() => this.#history.compact());
  }

  prune(beforeMs: number): PruneProgress {
    return this.#database.transaction(() => this.#history.prune(beforeMs));
  }

  cutTail(seq: number): void {
    this.#database.transaction(() => this.#history.cutTail(seq));
  }

  readChunks(names: readonly ChunkName[]): (PackedChunk | null)[] {
    return this.#chunks.read(names);
  }

  findUnusedChunks(): ChunkName[] | null {
    return this.#chunks.findUnused();
  }

  deleteChunks(names: readonly ChunkName[]): void {
    this.#database.transaction(() => this.#chunks.delete(names));
  }

  shrink(): boolean {
    if (this.#pragma('auto_vacuum') === 0 || this.#pragma('freelist_count') === 0) return false;
    this.#database.raw.exec(`PRAGMA incremental_vacuum(${PAGES_PER_SLICE})`);
    return this.#pragma('freelist_count') > 0;
  }

  saveSettings(settings: SessionSettings): void {
    this.#database.setMeta('settings', JSON.stringify(settings));
  }

  saveUser(user: StoredUser): void {
    this.#saveJson('users', 'number', user.number, user);
  }

  saveInvite(invite: StoredInvite): void {
    this.#saveJson('invites', 'id', invite.id, invite);
  }

  deleteInvite(id: string): void {
    this.#database.run('DELETE FROM invites WHERE id = ?', id);
  }

  saveBan(ban: StoredBan): void {
    this.#saveJson('bans', 'id', ban.id, ban);
  }

  deleteBan(id: string): void {
    this.#database.run('DELETE FROM bans WHERE id = ?', id);
  }

  sizeBytes(): number {
    return (this.#pragma('page_count') - this.#pragma('freelist_count')) * this.#pragma('page_size');
  }

  /** Asks for the room of a small commit, since a small value may fit where nothing else does. */
  probe(): void {
    const { raw } = this.#database;
    raw.exec('BEGIN IMMEDIATE');
    try {
      this.#database.run("INSERT INTO meta (key, value) VALUES ('probe', ?)", 'x'.repeat(32_768));
    } finally {
      if (raw.isTransaction) raw.exec('ROLLBACK');
    }
  }

  copyTo(path: string): void {
    this.#database.run('VACUUM INTO ?', path);
  }

  close(): void {
    this.#database.close();
  }

  #pragma(name: 'page_size' | 'page_count' | 'freelist_count' | 'auto_vacuum' | 'synchronous'): number {
    return Number(this.#database.value(`PRAGMA ${name}`));
  }

  #saveJson(
    table: 'users' | 'invites' | 'bans',
    column: 'number' | 'id',
    key: number | string,
    value: unknown,
  ): void {
    this.#database.run(
      `INSERT OR REPLACE INTO ${table} (${column}, json) VALUES (?, ?)`,
      key,
      JSON.stringify(value),
    );
  }

  #jsonRows(table: 'users' | 'invites' | 'bans'): unknown[] {
    return this.#database.all(`SELECT json FROM ${table}`).map((row) => JSON.parse(row.json!));
  }
}
