import {
  decodeRoster,
  type Header,
  type Message,
  type Refusal,
  type RosterUser,
  refusal,
  SceneportError,
  type UserNumber,
} from '@sceneport/protocol';
import { ChunkFetcher } from './chunks/chunk-fetcher.ts';
import { ChunkUploader } from './chunks/chunk-uploader.ts';
import type { ClientEvents, ClientState } from './client-events.ts';
import type { ClientStore, Resume } from './client-store.ts';
import { type Clock, systemClock } from './clock.ts';
import { CommitQueue } from './commits/commit-queue.ts';
import type { ConnectOptions } from './connect-options.ts';
import type { Connection } from './connection/connection.ts';
import type { Entrance, ResumePoint } from './connection/dial.ts';
import { Link } from './connection/link.ts';
import type { Target } from './connection/target.ts';
import type { Emitter } from './emitter.ts';
import { memoryStore } from './memory-store.ts';
import { movedNotice, RESTORED } from './notices.ts';
import { PresenceSender } from './presence-sender.ts';
import { Inbound } from './replica/inbound.ts';
import type { FetchChunk } from './replica/read-event.ts';
import { Replica } from './replica/replica.ts';
import { loadReplica, saveReplica } from './replica/stored-replica.ts';
import { View } from './replica/view.ts';
import { Requests } from './requests.ts';
import { platformTransport } from './transport/platform-transport.ts';

/**
 * The parts of a client and how they hang together: what a new connection, a lost one, and every message mean for each of
 * them. Read this first.
 */
export class SessionCore {
  readonly store: ClientStore;
  readonly replica = new Replica();
  readonly fetcher: ChunkFetcher;
  readonly commits: CommitQueue;
  readonly inbound: Inbound;
  readonly view: View;
  readonly requests = new Requests();
  readonly presence: PresenceSender;
  readonly fetch: FetchChunk = (name, sizeBytes) => this.fetcher.get(name, sizeBytes);
  readonly over: Promise<Refusal | null>;
  readonly #emitter: Emitter<ClientEvents>;
  readonly #target: Target;
  readonly #uploader: ChunkUploader;
  readonly #link: Link;
  readonly #settleOver: (reason: Refusal | null) => void;
  #state: ClientState = 'connecting';
  #resume: Resume | null = null;
  #welcome: Header<'welcome'> | null = null;
  #roster: readonly RosterUser[] = [];

  constructor(options: ConnectOptions, target: Target, emitter: Emitter<ClientEvents>) {
    const { store = memoryStore(), transport = platformTransport(), clock = systemClock } = options;
    this.store = store;
    this.#target = target;
    this.#emitter = emitter;
    const { promise, resolve } = Promise.withResolvers<Refusal | null>();
    this.over = promise;
    this.#settleOver = resolve;
    this.fetcher = new ChunkFetcher(store.chunks, clock);
    this.#uploader = new ChunkUploader(store.chunks, clock);
    this.presence = new PresenceSender(clock);
    this.commits = this.#makeCommits(clock);
    this.view = new View(
      this.replica.state,
      () => this.commits.unconfirmed,
      () => this.me,
    );
    this.inbound = this.#makeInbound();
    this.#link = new Link(
      { options, target, store, transport, clock },
      {
        resumePoint: () => this.#resumePoint(),
        opened: (entrance) => this.#opened(entrance),
        lost: () => this.#lost(),
        over: (reason) => this.#end(reason),
      },
    );
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The number of this user, 0 before the first welcome. */
  get me(): UserNumber {
    return this.#welcome?.number ?? 0;
  }

  get welcome(): Header<'welcome'> {
    if (this.#welcome === null) throw new SceneportError(refusal('not-online'));
    return this.#welcome;
  }

  get roster(): readonly RosterUser[] {
    return this.#roster;
  }

  get serverCode(): string | null {
    return this.#resume?.code ?? null;
  }

  /** Joins, and resolves when the replica is complete; else the refusal. */
  async join(): Promise<Refusal | null> {
    const resume = await this.store.loadResume();
    if (resume !== null && resume.session === this.#target.session) this.#resume = resume;
    await loadReplica(this.replica, this.store);
    await this.commits.restore();
    const complete = new Promise<null>((resolve) => {
      const forget = this.#emitter.on('state', (state) => {
        if (state !== 'online') return;
        forget();
        resolve(null);
      });
    });
    const refused = await this.#link.open();
    if (refused !== null) {
      this.#end(refused);
      return refused;
    }
    return Promise.race([complete, this.over.then((reason) => reason ?? refusal('not-online'))]);
  }

  /** Saves the replica for a quick return. Null when it is saved. */
  save(): Promise<Refusal | null> {
    return this.inbound.still(() => saveReplica(this.replica, this.store, this.fetch));
  }

  /** Ends the session for this user. */
  async leave(): Promise<void> {
    this.#link.leave();
    await this.over;
  }

  async #opened({ connection, welcome, asked, newCode }: Entrance): Promise<void> {
    const before = this.#resume;
    const { resumeSecret: secret, epoch, number, session, resumed } = welcome;
    const isNew = this.replica.epoch === null;
    const isSameUser = before?.secret === secret && (resumed || isNew);
    this.#welcome = welcome;
    this.#resume = { secret, number, session, code: connection.wire.peer.code };
    await this.store.saveResume(this.#resume);
    await this.inbound.still(() => this.inbound.begin(epoch, resumed));
    await this.commits.identify(welcome.lastCounter, isSameUser, resumed ? null : 0);
    if (newCode !== null) this.#emitter.emit('notice', movedNotice(newCode));
    if (connection.isOver) return;
    this.#setState('joining');
    this.fetcher.use(connection);
    this.#uploader.use(connection);
    this.requests.use(connection);
    this.presence.use(connection);
    this.inbound.follow(connection, number, resumed ? asked.from : 0);
    this.commits.use(connection);
    connection.listen((message) => this.#receive(connection, message));
    this.#checkComplete();
  }

  #resumePoint(): ResumePoint {
    this.inbound.release();
    return { resume: this.#resume, replica: this.replica.held, sync: this.inbound.request };
  }

  #lost(): void {
    this.#disconnect();
    this.#setState('reconnecting');
  }

  #end(reason: Refusal | null): void {
    const closed = reason ?? refusal('not-online', 'You have left; what was not sent is kept.');
    this.#disconnect();
    this.commits.close(closed);
    this.fetcher.close(closed);
    this.#setState('closed');
    this.#settleOver(reason);
    this.#emitter.emit('closed', reason);
  }

  /** What was handed over is in the outbox as far as the store took it. */
  #fail(error: unknown): void {
    this.#link.abort(
      refusal('internal', error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  }

  #disconnect(): void {
    this.fetcher.use(null);
    this.#uploader.use(null);
    this.requests.use(null);
    this.presence.use(null);
    this.commits.use(null);
  }

  #receive(connection: Connection, message: Message): void {
    switch (message.name) {
      case 'manifest':
        this.fetcher.notePage(message);
        this.inbound.receive(connection, message);
        break;
      case 'commit':
      case 'ack':
      case 'reject':
        this.inbound.receive(connection, message);
        break;
      case 'chunks':
        this.fetcher.receive(message).catch((error: unknown) => this.#fail(error));
        break;
      case 'missing':
        this.fetcher.receiveMissing(message);
        break;
      case 'need':
        this.#uploader.receive(message);
        break;
      case 'result':
      case 'digests':
      case 'entries':
      case 'recalled':
      case 'differences':
        this.requests.receive(message);
        break;
      case 'presence':
        this.#emitter.emit('presence', { user: message.author, presence: message.header });
        break;
      case 'notice':
        this.#emitter.emit('notice', message.header);
        break;
      case 'stage':
        this.#takeStage(message.header);
        break;
      case 'roster':
        this.#takeRoster(decodeRoster(message.payload) ?? []);
        break;
    }
  }

  #takeRoster(roster: readonly RosterUser[]): void {
    this.#roster = roster;
    const me = roster.find(({ number }) => number === this.me);
    if (me !== undefined && this.#welcome !== null) {
      this.#welcome = { ...this.#welcome, role: me.role, user: me.name };
    }
    this.#emitter.emit('roster', roster);
  }

  /** Another was first with a publication: ours is not uploaded in vain (S5). */
  #takeStage(stage: Header<'stage'>): void {
    this.#emitter.emit('stage', stage);
    if (stage.by === null || stage.by === this.me) return;
    const own = this.commits.unconfirmed.find(({ header }) => header.publish === true);
    if (own !== undefined)
      this.commits
        .reject(own, refusal('publishing-elsewhere', undefined, { by: stage.by }))
        .catch((error: unknown) => this.#fail(error));
  }

  /** The replica is complete once it has everything that was there when the server let us in. */
  #checkComplete(): void {
    if (this.#state === 'joining' && this.replica.state.seq >= this.welcome.seq) this.#setState('online');
  }

  #setState(state: ClientState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#emitter.emit('state', state);
  }

  #makeCommits(clock: Clock): CommitQueue {
    return new CommitQueue(this.store, this.#uploader, clock, {
      viewChanged: (ids) => this.view.forget(ids),
      settled: (counter, outcome) => this.#emitter.emit('settled', { counter, outcome }),
      failed: (error) => this.#fail(error),
      publishing: (connection, commit, bytes, bytesDone) => {
        connection.send('stage', { by: null, datablocks: commit.ids.size, bytes, bytesDone });
      },
    });
  }

  #makeInbound(): Inbound {
    return new Inbound(this.replica, this.commits, this.store, this.fetch, {
      applied: (event) => {
        this.view.forget(event.touched);
        this.#emitter.emit('event', event);
        this.#checkComplete();
      },
      reset: (reset) => {
        this.view.forget(reset.touched);
        if (reset.newEpoch) this.#emitter.emit('notice', RESTORED);
        this.#emitter.emit('reset', reset);
      },
      complete: () => this.#checkComplete(),
      failed: (error) => this.#fail(error),
      progress: (progress) => this.#emitter.emit('progress', progress),
    });
  }
}
