import type { DatabaseSync } from 'node:sqlite';
import { refusal, SceneportError } from '@sceneport/protocol';

/**
 * Pages that carry a chunk in a few pieces, and a log that grows to about 64 MB before it is folded into the file: with
 * SQLite's defaults an upload is written twice every 4 MB. The page size holds for files that are made now.
 */
export const STORAGE_PRAGMAS = `PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4096; PRAGMA cache_size = -8000`;

/** Steps from each version of the stored format to the next; the first makes an empty file a session (P2). */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE events (
     seq INTEGER PRIMARY KEY, author INTEGER NOT NULL, counter INTEGER NOT NULL,
     hash BLOB NOT NULL, frame BLOB NOT NULL) STRICT;
   CREATE UNIQUE INDEX events_by_commit ON events (author, counter) WHERE author > 0;
   CREATE TABLE datablocks (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
   CREATE TABLE chunks (
     name BLOB PRIMARY KEY, codec INTEGER NOT NULL, element_bytes INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE chunk_origins (name BLOB PRIMARY KEY, origin TEXT NOT NULL, size INTEGER NOT NULL) STRICT, WITHOUT ROWID;
   CREATE TABLE users (number INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
   CREATE TABLE invites (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;
   CREATE TABLE bans (id TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT;`,
  `UPDATE meta SET value = json_remove(
     json_set(value, '$.epochs', json_array(json_object('id', json_extract(value, '$.epoch'), 'after', 0))), '$.epoch')
   WHERE key = 'settings';
   DELETE FROM meta WHERE key = 'place';`,
];

/** Brings a file to the newest version, in one transaction. Throws `bad-file` for one of a newer program. */
export function migrate(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const version = row.user_version;
  if (version > MIGRATIONS.length) {
    throw new SceneportError(
      refusal('bad-file', `The session was stored by a newer program (format ${version}).`),
    );
  }
  if (version === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  for (const step of MIGRATIONS.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
  database.exec('COMMIT');
}
