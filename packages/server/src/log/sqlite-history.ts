import { GestureCompaction } from './gesture-compaction.ts';
import type { Row, SqliteDatabase } from './sqlite-database.ts';
import type { Checkpoint, PruneProgress, StoredEvent } from './storage.ts';

/** Events that one slice of pruning or compaction looks at, and bytes after which it ends. */
const EVENTS_PER_SLICE = 250;
const BYTES_PER_SLICE = 1024 * 1024;
/** A checkpoint is kept in the history at least so often. */
const KEPT_EVERY_MS = 24 * 60 * 60 * 1000;
/** Accepted commit ids of a user that are kept for ever (C7). */
const KEPT_IDS = 100_000;
const NOTHING = new Uint8Array(0);

/**
 * Events and checkpoints in the file of a session (P4). Every row of a datablock is valid from one checkpoint until
 * another; of the checkpoints the newest is kept, and those that are far enough apart to be rolled forward from. An event
 * of which nothing is kept stays as a row with an empty frame: its number and commit id.
 */
export class SqliteHistory {
  readonly #database: SqliteDatabase;
  #compaction: { readonly run: GestureCompaction; next: number; readonly end: number } | null = null;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  /** The first `seq` whose state can be read. */
  get oldest(): number {
    return Number(this.#database.meta('oldest') ?? 0);
  }

  get newestCheckpoint(): number {
    return Number(this.#database.value('SELECT max(seq) FROM checkpoints'));
  }

  appendEvent({ seq, author, counter, hash, frame }: StoredEvent): void {
    this.#database.run(
      'INSERT INTO events (seq, author, counter, hash, frame) VALUES (?, ?, ?, ?, ?)',
      seq,
      author,
      counter,
      hash,
      frame,
    );
  }

  eventsAfter(seq: number, maxBytes: number): StoredEvent[] {
    return takeEvents(
      this.#database.iterate('SELECT * FROM events WHERE seq > ? ORDER BY seq', seq),
      maxBytes,
      Number.POSITIVE_INFINITY,
    );
  }

  eventsBefore(seq: number, maxBytes: number, maxCount: number): StoredEvent[] {
    const rows = this.#database.iterate(
      'SELECT * FROM events WHERE seq < ? AND seq > ? AND length(frame) > 0 ORDER BY seq DESC',
      seq,
      this.oldest,
    );
    return takeEvents(rows, maxBytes, maxCount);
  }

  findCommit(author: number, counter: number): { seq: number; hash: Uint8Array } | null {
    const row = this.#database.get(
      'SELECT seq, hash FROM events WHERE author = ? AND author > 0 AND counter = ? AND counter > 0',
      author,
      counter,
    );
    return (row as unknown as { seq: number; hash: Uint8Array } | undefined) ?? null;
  }

  lastCounter(author: number): number {
    return Number(
      this.#database.value(
        'SELECT max(counter) FROM events WHERE author = ? AND author > 0 AND counter > 0',
        author,
      ),
    );
  }

  /** Writes what changed since the last checkpoint; that one goes where it is too near the one before. */
  checkpoint({ seq, timeMs, keepEvery, changed, deleted }: Checkpoint): void {
    const database = this.#database;
    const kept = database.get(
      'SELECT seq, time FROM checkpoints WHERE kept = 1 AND seq < ? ORDER BY seq DESC LIMIT 1',
      seq,
    ) as unknown as { seq: number; time: number };
    for (const id of [...deleted, ...changed.map(([changedId]) => changedId)]) {
      database.run('DELETE FROM datablocks WHERE id = ? AND until IS NULL AND since > ?', id, kept.seq);
      database.run('UPDATE datablocks SET until = ? WHERE id = ? AND until IS NULL', seq, id);
    }
    for (const [id, json] of changed) {
      database.run('INSERT INTO datablocks (id, since, json) VALUES (?, ?, ?)', id, seq, json);
    }
    database.run('DELETE FROM checkpoints WHERE seq > ?', kept.seq);
    const isFar =
      timeMs - kept.time >= KEPT_EVERY_MS ||
      seq - kept.seq >= keepEvery.events ||
      this.#bytesBetween(kept.seq, seq) >= keepEvery.bytes;
    database.run('INSERT INTO checkpoints (seq, time, kept) VALUES (?, ?, ?)', seq, timeMs, isFar ? 1 : 0);
  }

  /** JSON of all datablocks at the newest checkpoint. */
  presentDatablocks(): string[] {
    return this.#database
      .all('SELECT json FROM datablocks WHERE until IS NULL')
      .map(({ json }) => json! as string);
  }

  checkpointBefore(seq: number): number {
    return Number(this.#database.value('SELECT max(seq) FROM checkpoints WHERE seq <= ?', seq));
  }

  datablocksAt(checkpoint: number, after: number, maxBytes: number): [number, string][] {
    const found: [number, string][] = [];
    let size = 0;
    const rows = this.#database.iterate(
      'SELECT place, json FROM datablocks WHERE place > ? AND since <= ? AND (until IS NULL OR until > ?) ORDER BY place',
      after,
      checkpoint,
      checkpoint,
    );
    for (const { place, json } of rows) {
      found.push([place!, json!]);
      size += (json! as string).length;
      if (size >= maxBytes) break;
    }
    return found;
  }

  cutTail(seq: number): void {
    this.#database.run('DELETE FROM events WHERE seq >= ?', seq);
    this.#database.run('DELETE FROM event_chunks WHERE seq >= ?', seq);
  }

  /**
   * One slice of leaving out what later events of gestures write again (C9), from the newest checkpoint back to where
   * the last run ended. True while there is more to do.
   */
  compact(): boolean {
    const end = Number(this.#database.meta('compacted') ?? 0);
    this.#compaction ??= {
      run: new GestureCompaction(),
      next: this.newestCheckpoint,
      end: this.newestCheckpoint,
    };
    const compaction = this.#compaction;
    const rows = this.#database.iterate(
      'SELECT * FROM events WHERE seq <= ? AND seq > ? ORDER BY seq DESC',
      compaction.next,
      Math.max(end, this.oldest),
    );
    const events = takeEvents(rows, BYTES_PER_SLICE, EVENTS_PER_SLICE);
    for (const { seq, frame } of events) {
      const kept = frame.length === 0 ? frame : compaction.run.shorten(frame);
      if (kept !== frame) this.#database.run('UPDATE events SET frame = ? WHERE seq = ?', kept, seq);
      compaction.next = seq - 1;
    }
    if (events.length > 0) return true;
    this.#database.setMeta('compacted', String(compaction.end));
    this.#compaction = null;
    return false;
  }

  /**
   * One slice of forgetting all that lies before the newest checkpoint of `beforeMs` or earlier. The last commit ids of
   * every user stay (C7).
   */
  prune(beforeMs: number): PruneProgress {
    const target = this.#database.value('SELECT max(seq) FROM checkpoints WHERE time <= ?', beforeMs);
    if (Number(target) > this.oldest) {
      this.#database.setMeta('oldest', String(target));
      this.#database.run('UPDATE checkpoints SET kept = 1 WHERE seq = ?', target);
      this.#database.run('DELETE FROM checkpoints WHERE seq < ?', target);
    }
    const { oldest } = this;
    const pruned = Number(this.#database.meta('pruned') ?? 0);
    const rows = this.#database.run(
      'DELETE FROM datablocks WHERE place IN (SELECT place FROM datablocks WHERE until <= ? LIMIT ?)',
      oldest,
      EVENTS_PER_SLICE,
    );
    if (rows === 0 && pruned === oldest) return { oldest, isDone: true };
    const end = Math.min(oldest, pruned + EVENTS_PER_SLICE);
    this.#forgetEvents(pruned, end);
    this.#database.setMeta('pruned', String(end));
    return { oldest, isDone: false };
  }

  #forgetEvents(after: number, end: number): void {
    const database = this.#database;
    database.run('DELETE FROM event_chunks WHERE seq > ? AND seq <= ?', after, end);
    database.run('DELETE FROM events WHERE seq > ? AND seq <= ? AND (author = 0 OR counter = 0)', after, end);
    database.run(
      'UPDATE events SET frame = ? WHERE seq > ? AND seq <= ? AND length(frame) > 0',
      NOTHING,
      after,
      end,
    );
    const authors = database.all('SELECT DISTINCT author FROM events WHERE seq > ? AND seq <= ?', after, end);
    for (const { author } of authors) {
      database.run(
        'DELETE FROM events WHERE author = ? AND author > 0 AND counter > 0 AND counter <= ? AND seq <= ?',
        author!,
        this.lastCounter(author!) - KEPT_IDS,
        end,
      );
    }
  }

  #bytesBetween(after: number, seq: number): number {
    return Number(
      this.#database.value('SELECT sum(length(frame)) FROM events WHERE seq > ? AND seq <= ?', after, seq),
    );
  }
}

function takeEvents(rows: Iterable<Row>, maxBytes: number, maxCount: number): StoredEvent[] {
  const events: StoredEvent[] = [];
  let size = 0;
  for (const row of rows) {
    const event = row as unknown as StoredEvent;
    events.push(event);
    size += event.frame.length;
    if (size >= maxBytes || events.length >= maxCount) break;
  }
  return events;
}
