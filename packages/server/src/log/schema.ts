import type { DatabaseSync } from 'node:sqlite';
import { refusal, SceneportError } from '@sceneport/protocol';

/**
 * Pages that carry a chunk in a few pieces, and a log that grows to about 64 MB before it is folded into the file: with
 * SQLite's defaults an upload is written twice every 4 MB. Page size and vacuum hold for files that are made now: an older
 * file does not shrink, what is freed in it is used again.
 */
export const STORAGE_PRAGMAS = `PRAGMA page_size = 16384; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
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

  // The history begins with the empty state. What events of before named is kept as long as the last of them.
  `CREATE TABLE checkpoints (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, kept INTEGER NOT NULL) STRICT;
   INSERT INTO checkpoints SELECT 0, 0, 1;
   INSERT INTO checkpoints
     SELECT CAST(value AS INTEGER), 1000 * unixepoch(), 1 FROM meta WHERE key = 'checkpoint' AND value > '0';
   DELETE FROM meta WHERE key = 'checkpoint';
   ALTER TABLE datablocks RENAME TO present;
   CREATE TABLE datablocks (
     place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER,
     json TEXT NOT NULL) STRICT;
   INSERT INTO datablocks (id, since, json) SELECT id, (SELECT max(seq) FROM checkpoints), json FROM present;
   DROP TABLE present;
   CREATE UNIQUE INDEX present_datablocks ON datablocks (id) WHERE until IS NULL;
   CREATE INDEX past_datablocks ON datablocks (until) WHERE until IS NOT NULL;
   CREATE TABLE event_chunks (
     seq INTEGER NOT NULL, name BLOB NOT NULL, PRIMARY KEY (seq, name)) STRICT, WITHOUT ROWID;
   INSERT INTO event_chunks
     SELECT (SELECT coalesce(max(seq), 0) FROM events), name FROM chunk_origins WHERE origin = 'named';
   DROP INDEX events_by_commit;
   CREATE UNIQUE INDEX events_by_commit ON events (author, counter) WHERE author > 0 AND counter > 0;`,
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
