import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';

/** A row of which the caller knows the columns. */
export type Row = Record<string, never>;

/** An SQLite file with its statements prepared once. All calls are synchronous. */
export class SqliteDatabase {
  readonly raw: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.raw = new DatabaseSync(path);
  }

  /** Does `work` as one transaction: whole, or not at all when it throws. */
  transaction<Result>(work: () => Result): Result {
    this.raw.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.raw.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.raw.isTransaction) this.raw.exec('ROLLBACK');
      throw error;
    }
  }

  /** Runs a statement; the number of rows that it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).changes);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  /** The rows one after the other, so that the caller can stop before all are read. */
  iterate(sql: string, ...values: SQLInputValue[]): NodeJS.Iterator<Row> {
    return this.#statement(sql).iterate(...values) as NodeJS.Iterator<Row>;
  }

  /** A single value, or null. */
  value(sql: string, ...values: SQLInputValue[]): number | string | null {
    const row = this.get(sql, ...values);
    return row === undefined ? null : (Object.values(row)[0] ?? null);
  }

  /** What is kept under `key`, or undefined. */
  meta(key: string): string | undefined {
    return this.get('SELECT value FROM meta WHERE key = ?', key)?.value;
  }

  setMeta(key: string, value: string): void {
    this.run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', key, value);
  }

  close(): void {
    this.#statements.clear();
    this.raw.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.raw.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
