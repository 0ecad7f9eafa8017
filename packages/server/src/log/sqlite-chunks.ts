import { type ChunkName, fromHex, type PackedChunk, toHex } from '@sceneport/protocol';
import type { SqliteDatabase } from './sqlite-database.ts';
import type { ChunkOrigin, StoredSession, VerifiedChunk } from './storage.ts';

/** Names read in one slice of marking, and bytes of datablocks. */
const NAMES_PER_SLICE = 20_000;
const JSON_PER_SLICE = 1024 * 1024;
/** The names of chunks as they stand in the JSON of datablocks. */
const NAMES_IN_JSON = /"([0-9a-f]{64})"/g;

interface Marking {
  readonly names: Set<string>;
  event: { seq: number; name: Uint8Array } | null;
  /** The last row of datablocks that was read. */
  row: number;
}

/** The chunks in the file of a session, and which of them kept events and datablocks name (K4). */
export class SqliteChunks {
  readonly #database: SqliteDatabase;
  #marking: Marking | null = null;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  index(): StoredSession['chunks'] {
    return this.#database
      .all('SELECT name, origin, size FROM chunk_origins')
      .map((row) => [toHex(row.name!) as ChunkName, row.origin!, row.size!]);
  }

  insert(found: VerifiedChunk, packed: PackedChunk, origin: ChunkOrigin): void {
    const { codec, elementBytes, bytes } = packed;
    const key = fromHex(found.name)!;
    this.#database.run(
      'INSERT OR IGNORE INTO chunks (name, codec, element_bytes, bytes) VALUES (?, ?, ?, ?)',
      key,
      codec,
      elementBytes,
      bytes,
    );
    this.#database.run(
      'INSERT OR IGNORE INTO chunk_origins (name, origin, size) VALUES (?, ?, ?)',
      key,
      origin,
      found.sizeBytes,
    );
  }

  /** Notes that event `seq` names a chunk. */
  name(seq: number, name: ChunkName): void {
    const key = fromHex(name)!;
    this.#database.run('INSERT OR IGNORE INTO event_chunks (seq, name) VALUES (?, ?)', seq, key);
    this.#database.run("UPDATE chunk_origins SET origin = 'named' WHERE name = ?", key);
  }

  /** Stores a chunk that the server made. */
  insertMade(name: ChunkName, bytes: Uint8Array): void {
    this.insert({ name, sizeBytes: bytes.length }, { codec: 0, elementBytes: 1, bytes }, 'made');
    this.#database.run(
      "UPDATE chunk_origins SET origin = 'made' WHERE name = ? AND origin = 'uploaded'",
      fromHex(name)!,
    );
  }

  read(names: readonly ChunkName[]): (PackedChunk | null)[] {
    return names.map((name) => {
      const row = this.#database.get(
        'SELECT codec, element_bytes AS elementBytes, bytes FROM chunks WHERE name = ?',
        fromHex(name)!,
      );
      return (row as unknown as PackedChunk | undefined) ?? null;
    });
  }

  delete(names: readonly ChunkName[]): void {
    for (const name of names) {
      this.#database.run('DELETE FROM chunks WHERE name = ?', fromHex(name)!);
      this.#database.run('DELETE FROM chunk_origins WHERE name = ?', fromHex(name)!);
    }
  }

  /** One slice of finding what nothing kept names: null while there is more to look at, then these chunks. */
  findUnused(): ChunkName[] | null {
    this.#marking ??= { names: new Set(), event: { seq: 0, name: new Uint8Array(0) }, row: 0 };
    const marking = this.#marking;
    if (marking.event !== null) this.#markEvents(marking, marking.event);
    else if (this.#markDatablocks(marking) === 0) {
      this.#marking = null;
      return this.index().flatMap(([name]) => (marking.names.has(name) ? [] : [name]));
    }
    return null;
  }

  #markEvents(marking: Marking, last: { seq: number; name: Uint8Array }): void {
    const rows = this.#database.all(
      'SELECT seq, name FROM event_chunks WHERE (seq, name) > (?, ?) ORDER BY seq, name LIMIT ?',
      last.seq,
      last.name,
      NAMES_PER_SLICE,
    );
    for (const { name } of rows) marking.names.add(toHex(name!));
    marking.event = (rows.at(-1) as Marking['event'] | undefined) ?? null;
  }

  #markDatablocks(marking: Marking): number {
    let size = 0;
    const rows = this.#database.iterate(
      'SELECT place, json FROM datablocks WHERE place > ? ORDER BY place',
      marking.row,
    );
    for (const { place, json } of rows) {
      for (const [, name] of (json! as string).matchAll(NAMES_IN_JSON)) marking.names.add(name!);
      marking.row = place!;
      size += (json! as string).length;
      if (size >= JSON_PER_SLICE) break;
    }
    return size;
  }
}
