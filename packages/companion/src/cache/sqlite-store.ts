import { DatabaseSync } from 'node:sqlite';
import type {
  ChunkStore,
  ClientStore,
  MovedServer,
  Outbox,
  OutboxEntry,
  Resume,
  StoredReplica,
} from '@sceneport/client';
import type { ChunkName } from '@sceneport/protocol';
import type { ShowLedger } from './open-store.ts';

/** Chunks that were used longest ago go when there are more bytes than this. */
const MOST_CHUNK_BYTES = 4 * 1024 * 1024 * 1024;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, content BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS outbox (counter INTEGER PRIMARY KEY, place INTEGER NOT NULL, header TEXT NOT NULL, body BLOB NOT NULL);
  CREATE TABLE IF NOT EXISTS chunks (name TEXT PRIMARY KEY, used INTEGER NOT NULL, content BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS chunks_used ON chunks (used);
`;

/**
 * What a companion keeps on disk (J5): the outbox, safe from a crash when `put` resolves; chunks, those used longest ago
 * thrown away beyond a bound; the resume secret; the last replica. One process at a time has it open.
 */
export class SqliteStore implements ClientStore, ShowLedger {
  readonly chunks: ChunkStore;
  readonly outbox: Outbox;
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync, mostChunkBytes: number) {
    this.#database = database;
    this.chunks = chunkStore(database, mostChunkBytes);
    this.outbox = outboxOf(database);
  }

  /** Opens or makes the file; null while another process has it open. Throws when it is damaged or cannot be written. */
  static open(path: string, mostChunkBytes = MOST_CHUNK_BYTES): SqliteStore | null {
    const database = new DatabaseSync(path);
    try {
      database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;');
      database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT;`);
    } catch (failure) {
      database.close();
      if ((failure as { errcode?: number }).errcode === SQLITE_BUSY) return null;
      throw failure;
    }
    return new SqliteStore(database, mostChunkBytes);
  }

  async loadResume(): Promise<Resume | null> {
    return this.#load('resume') as Resume | null;
  }

  async saveResume(resume: Resume): Promise<void> {
    this.#save('resume', resume);
  }

  async loadReplica(): Promise<StoredReplica | null> {
    const about = this.#load('replica') as Omit<StoredReplica, 'manifest'> | null;
    const row = this.#database.prepare('SELECT content FROM facts WHERE name = ?').get('manifest');
    return about === null || row === undefined ? null : { ...about, manifest: row.content as Uint8Array };
  }

  async saveReplica({ epoch, seq, manifest }: StoredReplica): Promise<void> {
    this.#database.exec('BEGIN');
    this.#save('replica', { epoch, seq });
    this.#database.prepare(WRITE_FACT).run('manifest', manifest);
    this.#database.exec('COMMIT');
  }

  async loadTrust(address: string): Promise<string | null> {
    return this.#load(`trust ${address}`) as string | null;
  }

  async saveTrust(address: string, code: string): Promise<void> {
    this.#save(`trust ${address}`, code);
  }

  async loadMoved(code: string): Promise<MovedServer | null> {
    return this.#load(`moved ${code}`) as MovedServer | null;
  }

  async saveMoved(code: string, moved: MovedServer): Promise<void> {
    this.#save(`moved ${code}`, moved);
  }

  /** The last show of a stay that is on disk with all before it (J10); 0: none. */
  loadShow(stay: string): number {
    const saved = this.#load('stay') as { stay: string; show: number } | null;
    return saved?.stay === stay ? saved.show : 0;
  }

  /** What is kept here outlives this process, and need not outlive a power cut: no stay does. */
  saveShow(stay: string, show: number): void {
    this.#database.exec('PRAGMA synchronous=NORMAL');
    this.#save('stay', { stay, show });
    this.#database.exec('PRAGMA synchronous=FULL');
  }

  /** Closes the file; another process may open it then. */
  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #load(name: string): unknown {
    const row = this.#database.prepare('SELECT content FROM facts WHERE name = ?').get(name);
    return row === undefined ? null : JSON.parse(row.content as string);
  }

  #save(name: string, content: unknown): void {
    this.#database.prepare(WRITE_FACT).run(name, JSON.stringify(content));
  }
}

const SQLITE_BUSY = 5;
const WRITE_FACT = 'INSERT OR REPLACE INTO facts (name, content) VALUES (?, ?)';

function outboxOf(database: DatabaseSync): Outbox {
  const put = database.prepare(
    'INSERT OR REPLACE INTO outbox (counter, place, header, body) VALUES (?, ?, ?, ?)',
  );
  const settle = database.prepare('DELETE FROM outbox WHERE counter = ?');
  const all = database.prepare('SELECT counter, place, header, body FROM outbox ORDER BY place');
  return {
    put: async ({ counter, order, header, body }) =>
      void put.run(counter, order, JSON.stringify(header), body),
    settle: async (counter) => void settle.run(counter),
    all: async () =>
      all.all().map(
        (row): OutboxEntry => ({
          counter: row.counter as number,
          order: row.place as number,
          header: JSON.parse(row.header as string),
          body: row.body as Uint8Array,
        }),
      ),
  };
}

function chunkStore(database: DatabaseSync, mostBytes: number): ChunkStore {
  const get = database.prepare('SELECT content FROM chunks WHERE name = ?');
  const has = database.prepare('SELECT 1 FROM chunks WHERE name = ?');
  const use = database.prepare('UPDATE chunks SET used = ? WHERE name = ?');
  const put = database.prepare('INSERT OR IGNORE INTO chunks (name, used, content) VALUES (?, ?, ?)');
  const oldest = database.prepare('SELECT name, length(content) AS size FROM chunks ORDER BY used LIMIT 64');
  const drop = database.prepare('DELETE FROM chunks WHERE name = ?');
  const facts = database
    .prepare('SELECT coalesce(max(used), 0) AS used, coalesce(sum(length(content)), 0) AS size FROM chunks')
    .get();
  let used = facts!.used as number;
  let size = facts!.size as number;
  const makeRoom = (): void => {
    for (const row of size > mostBytes ? oldest.all() : []) {
      if (size <= mostBytes) return;
      drop.run(row.name as string);
      size -= row.size as number;
    }
  };
  return {
    get: async (name: ChunkName) => {
      const row = get.get(name);
      if (row !== undefined) use.run(++used, name);
      return row?.content as Uint8Array | undefined;
    },
    has: async (name: ChunkName) => has.get(name) !== undefined,
    put: async (name: ChunkName, bytes: Uint8Array) => {
      const { changes } = put.run(name, ++used, bytes);
      if (changes > 0) size += bytes.length;
      makeRoom();
    },
  };
}
