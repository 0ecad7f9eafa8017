import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JsonLines } from '../harness/json-lines.ts';
import { keepErrorOutput } from '../harness/process-end.ts';
import type { Cleanup } from '../harness/temporary-folder.ts';

const CACHE = process.env.SCENEPORT_CACHE ?? fileURLToPath(new URL('../../.cache', import.meta.url));

/** A release of the library of old clients, and the program that drives it. */
export interface Release {
  readonly version: string;
  readonly program: string;
}

/** The last release of the add-on that has three ports. */
export const THREE_PORT: Release = { version: '0.9.10', program: 'three_port_client.py' };
/** The release of the oldest hosting guide, and a later one with four ports that keeps its data as pickles. */
export const FOUR_PORT: Release = { version: '0.0.20', program: 'four_port_client.py' };
export const LATER_FOUR_PORT: Release = { version: '0.1.20', program: 'four_port_client.py' };

/** A release with the words of four ports and the connections of three. */
export const LATE_FOUR_PORT: Release = { version: '0.1.33', program: 'late_four_port_client.py' };
/** The last release of that wire, in which everything is a difference: it is not served. */
export const UNSERVED: Release = { version: '0.1.42', program: 'late_four_port_client.py' };

/** What a client knows of its session. */
export interface ClientState {
  readonly active: boolean;
  readonly lobby: boolean;
  readonly ended: boolean;
  readonly reason?: string | null;
  readonly users: Readonly<
    Record<string, { readonly admin: boolean; readonly status: number; readonly latency: number }>
  >;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The nodes of a client by id. */
export type Nodes = Readonly<Record<string, { readonly owner: string; readonly data: unknown }>>;

/** A Python program in a process of its own that does what lines of JSON say. */
class DrivenPython {
  readonly #child: ChildProcess;
  readonly #lines: JsonLines;

  constructor(t: Cleanup, { version, program }: Release) {
    const script = fileURLToPath(new URL(program, import.meta.url));
    // A group of its own: the library starts processes that would outlive a crash.
    this.#child = spawn(pythonWith(version), [script], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.#lines = new JsonLines(this.#child.stdout!, keepErrorOutput(this.#child));
    t.after(() => this.kill());
  }

  /** Ends the process as a crash would. */
  async kill(): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    process.kill(-pid, 'SIGKILL');
    await ended;
  }

  async call<T>(command: string, ...values: readonly unknown[]): Promise<T> {
    this.#child.stdin!.write(`${JSON.stringify([command, ...values])}\n`);
    const answer = await this.#lines.next<{ value: T; error?: string }>();
    if (answer.error !== undefined) throw new Error(`${command}: ${answer.error}`);
    return answer.value;
  }
}

/** A real client of an old release. */
export class OldClient {
  readonly #process: DrivenPython;

  constructor(t: Cleanup, release: Release) {
    this.#process = new DrivenPython(t, release);
  }

  connect(port: number, user: string, ...passwords: (string | null)[]): Promise<void> {
    return this.#process.call('connect', port, user, ...passwords);
  }

  wait(state: 'lobby' | 'active' | 'ended', seconds?: number): Promise<ClientState> {
    return this.#process.call('wait', state, ...(seconds === undefined ? [] : [seconds]));
  }

  state(): Promise<ClientState> {
    return this.#process.call('state');
  }

  /** Lets the library work for so long. */
  listen(seconds: number): Promise<void> {
    return this.#process.call('listen', seconds);
  }

  add(contents: readonly unknown[]): Promise<string[]> {
    return this.#process.call('add', contents);
  }

  /** Fills the empty session with what was added. */
  init(): Promise<void> {
    return this.#process.call('init');
  }

  publish(id: string): Promise<void> {
    return this.#process.call('publish', id);
  }

  change(id: string, content: unknown): Promise<void> {
    return this.#process.call('change', id, content);
  }

  remove(id: string): Promise<void> {
    return this.#process.call('remove', id);
  }

  lock(ids: readonly string[], owner: string | null = null): Promise<void> {
    return this.#process.call('lock', ids, owner);
  }

  kickUser(user: string): Promise<void> {
    return this.#process.call('kick', user);
  }

  metadata(fields: unknown): Promise<void> {
    return this.#process.call('metadata', fields);
  }

  nodes(): Promise<Nodes> {
    return this.#process.call('nodes');
  }

  /** Ends the process as a crash would. */
  kill(): Promise<void> {
    return this.#process.kill();
  }
}

/** Lets several clients work until `condition` holds of them, for at most 20 seconds. */
export async function workUntil(
  clients: readonly OldClient[],
  condition: () => Promise<boolean>,
  what: string,
): Promise<void> {
  const end = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`it did not happen: ${what}`);
    await Promise.all(clients.map((client) => client.listen(0.05)));
  }
}

/** A script that encrypts with CurveZMQ, in the Python of the last release. */
export class CurveScript {
  readonly #process: DrivenPython;

  constructor(t: Cleanup) {
    this.#process = new DrivenPython(t, { version: THREE_PORT.version, program: 'curve_client.py' });
  }

  /** Logs in, without CurveZMQ where the key is empty; the answer, null: none came. */
  connect(port: number, user: string, serverKey: string): Promise<string | null> {
    return this.#process.call('connect', port, user, serverKey);
  }

  /** Fills the session with one node of so many bytes; its id. */
  fill(sizeBytes: number): Promise<string> {
    return this.#process.call('fill', sizeBytes);
  }

  /** Fetches a node; the bytes of its content. */
  get(id: string): Promise<number> {
    return this.#process.call('get', id);
  }

  write(id: string, sizeBytes: number): Promise<void> {
    return this.#process.call('write', id, sizeBytes);
  }

  /** The bytes of the next node that someone else has changed. */
  hear(): Promise<number> {
    return this.#process.call('hear');
  }
}

/** The Python of a virtual environment with this release from PyPI; made at the first run. */
export function pythonWith(version: string): string {
  const folder = join(CACHE, `replication-${version}`);
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) {
    execFileSync(process.env.SCENEPORT_PYTHON ?? 'python3', ['-m', 'venv', folder]);
    execFileSync(python, ['-m', 'pip', 'install', '-q', `replication==${version}`]);
  }
  return python;
}
