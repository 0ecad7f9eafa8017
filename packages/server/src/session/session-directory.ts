import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRefusal, LIMITS, type Refusal, refusal, utf8 } from '@sceneport/protocol';
import type { StorageThread } from '../log/sqlite-storage.ts';
import type { SessionSettings } from '../log/storage.ts';
import { Session, type SessionContext } from './session.ts';

/** The sessions of a server (M1), each in a file of its own under `sessions/` of the data folder. */
export class SessionDirectory {
  readonly #folder: string;
  readonly #thread: StorageThread;
  readonly #context: SessionContext;
  readonly #sessions = new Map<string, { session: Session; path: string }>();

  constructor(dataFolder: string, thread: StorageThread, context: SessionContext) {
    this.#folder = join(dataFolder, 'sessions');
    this.#thread = thread;
    this.#context = context;
    mkdirSync(this.#folder, { recursive: true });
  }

  /** Opens every stored session. One that cannot be read is reported and left as it is. */
  async openAll(): Promise<void> {
    for (const file of readdirSync(this.#folder).sort()) {
      if (!file.endsWith('.db')) continue;
      const path = join(this.#folder, file);
      try {
        await this.#open(path, null);
      } catch (error) {
        this.#context.log.error('a session cannot be opened', { file, error: (error as Error).message });
      }
    }
  }

  /** The session of this name, or null. */
  find(name: string): Session | null {
    return this.#sessions.get(name)?.session ?? null;
  }

  all(): Session[] {
    return Array.from(this.#sessions.values(), ({ session }) => session);
  }

  /** Makes an empty session (M1). */
  async create(name: string): Promise<Session | Refusal> {
    const objection = this.#objectionTo(name);
    if (objection !== null) return objection;
    const createdMs = this.#context.clock.now();
    return this.#open(this.#newPath(), { name, epochs: [], blender: null, createdMs });
  }

  /** The session of this name for clients of a gateway, made where there is none; `session-exists`: it is for others. */
  async openFor(name: string, clients: NonNullable<SessionSettings['clients']>): Promise<Session | Refusal> {
    const present = this.find(name);
    if (present !== null) return present.settings.clients === clients ? present : refusal('session-exists');
    const session = await this.create(name);
    if (!isRefusal(session)) await session.changeSettings({ clients });
    return session;
  }

  async rename(session: Session, name: string): Promise<Session | Refusal> {
    const objection = this.#objectionTo(name);
    if (objection !== null) return objection;
    const entry = this.#sessions.get(session.name)!;
    this.#sessions.delete(session.name);
    this.#sessions.set(name, entry);
    await session.changeSettings({ name });
    return session;
  }

  /** Ends a session for everyone and removes all of it. */
  async remove(session: Session): Promise<void> {
    const { path } = this.#sessions.get(session.name)!;
    this.#sessions.delete(session.name);
    await session.close('session-ended');
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  }

  /** Writes a session as it is into one new file. */
  async exportTo(session: Session, path: string): Promise<void> {
    await session.upkeep.save();
    await session.storage.copyTo(path);
  }

  /** Takes in an exported file under a new name. */
  async importFrom(path: string, name: string): Promise<Session | Refusal> {
    const objection = this.#objectionTo(name);
    if (objection !== null) return objection;
    const target = this.#newPath();
    try {
      const source = await this.#thread.open({
        path,
        maxBytes: this.#context.limits.sessionBytes,
        create: null,
      });
      await source.copyTo(target).finally(() => source.close());
      const session = await this.#open(target, null, name);
      return session;
    } catch (error) {
      rmSync(target, { force: true });
      if (isRefusal(error)) return error;
      return refusal('bad-file', 'The file holds no session.');
    }
  }

  async closeAll(code: 'shutting-down' | 'session-ended'): Promise<void> {
    await Promise.all(this.all().map((session) => session.close(code)));
  }

  #newPath(): string {
    return join(this.#folder, `${randomUUID()}.db`);
  }

  #objectionTo(name: string): Refusal | null {
    if (this.#sessions.has(name)) return refusal('session-exists');
    const size = utf8(name).length;
    return size === 0 || size > LIMITS.nameBytes
      ? refusal('bad-request', 'The name of a session has 1 to 256 bytes.')
      : null;
  }

  async #open(path: string, create: SessionSettings | null, name?: string): Promise<Session> {
    const storage = await this.#thread.open({
      path,
      maxBytes: this.#context.limits.sessionBytes,
      create,
    });
    const session = await Session.open(storage, this.#context);
    if (name !== undefined) await session.changeSettings({ name });
    if (this.#sessions.has(session.name)) {
      await session.close('session-ended');
      throw new Error(`two files hold a session of the name ${session.name}`);
    }
    this.#sessions.set(session.name, { session, path });
    return session;
  }
}
