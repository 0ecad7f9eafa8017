import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type ChunkName, fromHex, type PackedChunk, toHex } from '@sceneport/protocol';
import { migrate, STORAGE_PRAGMAS } from './schema.ts';
import type {
  Checkpoint,
  ChunkOrigin,
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

type Row = Record<string, never>;

/**
 * One session in one SQLite file: WAL, and `synchronous = FULL`, so that a transaction that returned is on stable
 * storage (P1). All methods are synchronous and belong to the storage's thread.
 */
export class SqliteSession {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: SessionFile) {
    this.#database = new DatabaseSync(file.path);
    this.#database.exec(STORAGE_PRAGMAS);
    migrate(this.#database);
    const { page_size: pageBytes } = this.#get('PRAGMA page_size') as { page_size: number };
    this.#database.exec(`PRAGMA max_page_count = ${Math.max(16, Math.floor(file.maxBytes / pageBytes))}`);
    if (file.create !== null) this.saveSettings(file.create);
  }

  /** How far SQLite waits for the disk before a transaction counts (P1). */
  get synchronous(): 'full' | 'less' {
    const { synchronous } = this.#get('PRAGMA synchronous') as { synchronous: number };
    return synchronous >= 2 ? 'full' : 'less';
  }

  load(): StoredSession {
    const { settings, checkpoint } = this.#meta();
    return {
      settings: JSON.parse(settings!),
      checkpointSeq: Number(checkpoint ?? 0),
      datablocks: this.#all('SELECT json FROM datablocks').map((row) => row.json!),
      chunks: this.#all('SELECT name, origin, size FROM chunk_origins').map((row) => [
        toHex(row.name!) as ChunkName,
        row.origin!,
        row.size!,
      ]),
      users: this.#jsonRows('users') as StoredUser[],
      invites: this.#jsonRows('invites') as StoredInvite[],
      bans: this.#jsonRows('bans') as StoredBan[],
    };
  }

  eventsAfter(seq: number, maxBytes: number): StoredEvent[] {
    const events: StoredEvent[] = [];
    let size = 0;
    for (const row of this.#statement('SELECT * FROM events WHERE seq > ? ORDER BY seq').iterate(seq)) {
      const event = row as unknown as StoredEvent;
      events.push(event);
      size += event.frame.length;
      if (size >= maxBytes) break;
    }
    return events;
  }

  write(batch: WriteBatch): (VerifiedChunk | null)[] {
    const verified = batch.chunks.map(verifyChunk);
    this.#transaction(() => {
      batch.chunks.forEach((chunk, index) => {
        const found = verified[index]!;
        if (found !== null) this.#insertChunk(found, chunk, 'uploaded');
      });
      for (const event of batch.events) {
        this.#run(
          'INSERT INTO events (seq, author, counter, hash, frame) VALUES (?, ?, ?, ?, ?)',
          event.seq,
          event.author,
          event.counter,
          event.hash,
          event.frame,
        );
      }
      for (const name of batch.named) {
        this.#run("UPDATE chunk_origins SET origin = 'named' WHERE name = ?", fromHex(name)!);
      }
    });
    return verified;
  }

  findCommit(author: number, counter: number): { seq: number; hash: Uint8Array } | null {
    const row = this.#get(
      'SELECT seq, hash FROM events WHERE author = ? AND author > 0 AND counter = ?',
      author,
      counter,
    );
    return (row as { seq: number; hash: Uint8Array } | undefined) ?? null;
  }

  lastCounter(author: number): number {
    const row = this.#get(
      'SELECT max(counter) AS last FROM events WHERE author = ? AND author > 0',
      author,
    ) as { last: number | null };
    return row.last ?? 0;
  }

  checkpoint({ seq, changed, deleted, chunks }: Checkpoint): void {
    this.#transaction(() => {
      for (const [name, bytes] of chunks) {
        const found = { name, sizeBytes: bytes.length };
        this.#insertChunk(found, { codec: 0, elementBytes: 1, bytes }, 'made');
        this.#run(
          "UPDATE chunk_origins SET origin = 'made' WHERE name = ? AND origin = 'uploaded'",
          fromHex(name)!,
        );
      }
      for (const id of deleted) this.#run('DELETE FROM datablocks WHERE id = ?', id);
      for (const [id, json] of changed) {
        this.#run('INSERT OR REPLACE INTO datablocks (id, json) VALUES (?, ?)', id, json);
      }
      this.#setMeta('checkpoint', String(seq));
    });
  }

  cutTail(seq: number): void {
    this.#run('DELETE FROM events WHERE seq >= ?', seq);
  }

  readChunks(names: readonly ChunkName[]): (PackedChunk | null)[] {
    return names.map((name) => {
      const row = this.#get(
        'SELECT codec, element_bytes AS elementBytes, bytes FROM chunks WHERE name = ?',
        fromHex(name)!,
      );
      return (row as unknown as PackedChunk | undefined) ?? null;
    });
  }

  deleteChunks(names: readonly ChunkName[]): void {
    this.#transaction(() => {
      for (const name of names) {
        this.#run('DELETE FROM chunks WHERE name = ?', fromHex(name)!);
        this.#run('DELETE FROM chunk_origins WHERE name = ?', fromHex(name)!);
      }
    });
  }

  saveSettings(settings: SessionSettings): void {
    this.#setMeta('settings', JSON.stringify(settings));
  }

  saveUser(user: StoredUser): void {
    this.#run('INSERT OR REPLACE INTO users (number, json) VALUES (?, ?)', user.number, JSON.stringify(user));
  }

  saveInvite(invite: StoredInvite): void {
    this.#run('INSERT OR REPLACE INTO invites (id, json) VALUES (?, ?)', invite.id, JSON.stringify(invite));
  }

  deleteInvite(id: string): void {
    this.#run('DELETE FROM invites WHERE id = ?', id);
  }

  saveBan(ban: StoredBan): void {
    this.#run('INSERT OR REPLACE INTO bans (id, json) VALUES (?, ?)', ban.id, JSON.stringify(ban));
  }

  deleteBan(id: string): void {
    this.#run('DELETE FROM bans WHERE id = ?', id);
  }

  sizeBytes(): number {
    const { page_count: pages } = this.#get('PRAGMA page_count') as { page_count: number };
    const { freelist_count: free } = this.#get('PRAGMA freelist_count') as { freelist_count: number };
    const { page_size: pageBytes } = this.#get('PRAGMA page_size') as { page_size: number };
    return (pages - free) * pageBytes;
  }

  /** Asks for the room of a small commit, since a small value may fit where nothing else does. */
  probe(): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      this.#run("INSERT INTO meta (key, value) VALUES ('probe', ?)", 'x'.repeat(32_768));
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  copyTo(path: string): void {
    this.#run('VACUUM INTO ?', path);
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #insertChunk(found: VerifiedChunk, packed: PackedChunk, origin: ChunkOrigin): void {
    const { codec, elementBytes, bytes } = packed;
    const key = fromHex(found.name)!;
    this.#run(
      'INSERT OR IGNORE INTO chunks (name, codec, element_bytes, bytes) VALUES (?, ?, ?, ?)',
      key,
      codec,
      elementBytes,
      bytes,
    );
    this.#run(
      'INSERT OR IGNORE INTO chunk_origins (name, origin, size) VALUES (?, ?, ?)',
      key,
      origin,
      found.sizeBytes,
    );
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #meta(): Record<string, string | undefined> {
    return Object.fromEntries(this.#all('SELECT key, value FROM meta').map((row) => [row.key!, row.value!]));
  }

  #setMeta(key: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
  }

  #jsonRows(table: 'users' | 'invites' | 'bans'): unknown[] {
    return this.#all(`SELECT json FROM ${table}`).map((row) => JSON.parse(row.json!));
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #run(sql: string, ...values: (string | number | Uint8Array)[]): void {
    this.#statement(sql).run(...values);
  }

  #get(sql: string, ...values: (string | number | Uint8Array)[]): unknown {
    return this.#statement(sql).get(...values);
  }

  #all(sql: string): Row[] {
    return this.#statement(sql).all() as Row[];
  }
}
