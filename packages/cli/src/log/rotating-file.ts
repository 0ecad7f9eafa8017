import { closeSync, existsSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** How a log file is rotated. */
export interface Rotation {
  /** Size in bytes beyond which a file does not grow by another line. */
  readonly sizeBytes: number;
  /** Files kept in all: `log`, `log.1` … `log.(count - 1)`, the last the oldest. */
  readonly count: number;
}

/**
 * A log file that starts anew when it is full. A line is in the file, and whole, when `write` returns; a line longer
 * than `sizeBytes` gets a file of its own. Throws when the file cannot be written.
 */
export class RotatingFile {
  readonly #path: string;
  readonly #rotation: Rotation;
  #descriptor: number;
  #sizeBytes: number;

  constructor(path: string, rotation: Rotation) {
    this.#path = path;
    this.#rotation = rotation;
    this.#descriptor = openSync(path, 'a');
    this.#sizeBytes = fstatSync(this.#descriptor).size;
  }

  /** Appends `line` and its end. */
  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#rotation.sizeBytes) this.#rotate();
    writeSync(this.#descriptor, bytes);
    this.#sizeBytes += bytes.length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #rotate(): void {
    closeSync(this.#descriptor);
    const oldest = this.#rotation.count - 1;
    rmSync(this.#name(oldest), { force: true });
    for (let age = oldest - 1; age >= 0; age -= 1) {
      if (existsSync(this.#name(age))) renameSync(this.#name(age), this.#name(age + 1));
    }
    this.#descriptor = openSync(this.#path, 'a');
    this.#sizeBytes = fstatSync(this.#descriptor).size;
  }

  #name(age: number): string {
    return age === 0 ? this.#path : `${this.#path}.${age}`;
  }
}
