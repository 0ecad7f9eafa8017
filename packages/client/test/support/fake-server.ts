import {
  type ChunkName,
  type CommitBody,
  chunkName,
  chunksNamedBy,
  codeOfKey,
  cutManifest,
  datablockDigest,
  decodeChunks,
  decodeCommitBody,
  decodeMessage,
  decodeNames,
  decompress,
  encodeChunks,
  encodeMessage,
  encodeNames,
  type Header,
  isRefusal,
  loadLists,
  type Message,
  type MessageOf,
  type Moved,
  manifestText,
  randomBytes,
  rawChunk,
  refusal,
  SessionState,
  sessionDigest,
  stampFrame,
  toHex,
  unpackChunk,
  utf8,
} from '@sceneport/protocol';
import { memoryChunks, type Transport } from '../../src/index.ts';
import { nameChangedChunks } from '../../src/replica/array-content.ts';
import { SerialQueue } from '../../src/serial-queue.ts';
import { type MemoryWire, memoryTransport } from './memory-transport.ts';

interface FakeUser {
  readonly number: number;
  readonly secret: string;
  lastCounter: number;
}

interface Follower {
  readonly wire: MemoryWire;
  readonly user: FakeUser;
  /** The last event that was sent, null before the first sync. */
  position: number | null;
}

/**
 * The server's side of the wire in memory: the rules of a session without network, disk and passwords, so that tests
 * decide what arrives when. The real server runs in the integration tests.
 */
export class FakeServer {
  readonly state = new SessionState();
  readonly chunks = memoryChunks();
  epoch = toHex(randomBytes(16));
  /** The key that it shows. */
  key = utf8('a key');
  /** What it says of another key that it has (T2). */
  moved: Moved | undefined;
  /** The frame of every event, event 1 first. */
  readonly events: Uint8Array[] = [];
  /** Received from clients, in order. */
  readonly log: Message[] = [];
  /** Where set, it may answer a commit in the server's place: refusals of every kind. */
  objection: (message: MessageOf<'commit'>, body: CommitBody) => ReturnType<typeof refusal> | null = () =>
    null;
  /** Delivers what is sent on new wires at once. */
  isFlowing = true;
  readonly wires: MemoryWire[] = [];
  readonly #users: FakeUser[] = [];
  readonly #accepted = new Map<string, number>();
  #followers: Follower[] = [];
  readonly #queue = new SerialQueue();

  get code(): string {
    return codeOfKey(this.key);
  }

  /** A transport to this server. */
  transport(): Transport {
    return memoryTransport(
      () => ({ code: this.code, key: this.key, isPublic: false }),
      (wire) => this.#accept(wire),
      () => this.isFlowing,
    );
  }

  /** The digest of the session. */
  async digest(): Promise<string> {
    return this.#queue.run(async () => sessionDigest(await this.#digests()));
  }

  /** Sends a frame to everyone. */
  broadcast(frame: Uint8Array): void {
    for (const { wire } of this.#followers) wire.link.send(frame);
  }

  /** Sends the state since `from` on a wire in the place of the events that it has not delivered yet (U4). */
  async catchUp(wire: MemoryWire, from: number): Promise<void> {
    wire.toClient.length = 0;
    const follower = this.#followers.find((other) => other.wire === wire);
    if (follower !== undefined) await this.#queue.run(() => this.#sync(follower, from));
  }

  #accept(wire: MemoryWire): void {
    this.wires.push(wire);
    let follower: Follower | null = null;
    wire.link.onClosed = () => {
      this.#followers = this.#followers.filter((other) => other !== follower);
    };
    wire.link.onFrame = (frame) => {
      const message = decodeMessage(frame, 'client');
      if (isRefusal(message)) throw new Error(message.message);
      this.log.push(message);
      if (message.name === 'hello') {
        follower = { wire, user: this.#enter(message.header, wire), position: null };
        this.#followers.push(follower);
      } else if (follower !== null) {
        const { user } = follower;
        const from = follower;
        void this.#queue.run(() => this.#handle(from, user, message, frame));
      }
    };
  }

  #enter({ login, replica, user: name }: Header<'hello'>, wire: MemoryWire): FakeUser {
    const known =
      login.kind === 'resume' ? this.#users.find(({ secret }) => secret === login.secret) : undefined;
    const user = known ?? { number: this.#users.length + 1, secret: toHex(randomBytes(8)), lastCounter: 0 };
    if (known === undefined) this.#users.push(user);
    const welcome: Header<'welcome'> = {
      version: 1,
      user: name,
      number: user.number,
      role: 'editor',
      session: 'main',
      seq: this.state.seq,
      epoch: this.epoch,
      resumeSecret: user.secret,
      resumed: replica?.epoch === this.epoch && replica.seq <= this.state.seq,
      blender: null,
      server: { name: 'fake', version: '1' },
      limits: { frameBytes: 262144, inflatedBytes: 1048576, commitsPerSecond: 1e6, bytesPerSecond: 1e9 },
      lockGraceMs: 60_000,
      lastCounter: user.lastCounter,
      ...(this.moved === undefined ? {} : { moved: this.moved }),
    };
    wire.link.send(encodeMessage('welcome', welcome));
    return user;
  }

  async #handle(follower: Follower, user: FakeUser, message: Message, frame: Uint8Array): Promise<void> {
    const { link } = follower.wire;
    switch (message.name) {
      case 'sync': {
        const { from, epoch = this.epoch } = message.header;
        return this.#sync(follower, epoch === this.epoch ? from : 0);
      }
      case 'commit':
        return this.#commit(follower, user, message, frame);
      case 'have': {
        const missing: ChunkName[] = [];
        for (const name of decodeNames(message.payload)!) {
          if (!(await this.chunks.has(name))) missing.push(name);
        }
        return link.send(encodeMessage('need', message.header, { payload: encodeNames(missing) }));
      }
      case 'chunks':
        for (const packed of decodeChunks(message.header.items, message.payload)!) {
          const bytes = (await unpackChunk(packed))!;
          await this.chunks.put(chunkName(bytes), bytes);
        }
        return;
      case 'want':
        for (const name of decodeNames(message.payload)!) {
          const bytes = await this.chunks.get(name);
          if (bytes === undefined) {
            link.send(encodeMessage('missing', {}, { payload: encodeNames([name]) }));
            continue;
          }
          const { header, payload } = encodeChunks([rawChunk(bytes)]);
          link.send(encodeMessage('chunks', header as Header<'chunks'>, { payload }));
        }
        return;
      case 'digest': {
        const digests = await this.#digests();
        const entries = [...digests].flatMap(([id, digest]) => [Buffer.from(id, 'hex'), Buffer.from(digest)]);
        const { request } = message.header;
        const hex = sessionDigest(digests);
        const header = { request, seq: this.state.seq, hex, page: 0, pages: 1 };
        return link.send(
          encodeMessage('digests', header, { payload: new Uint8Array(Buffer.concat(entries)) }),
        );
      }
    }
  }

  async #sync(follower: Follower, from: number): Promise<void> {
    await this.#digests();
    const at = this.state.seq;
    const changed = [...this.state.datablocks.values()].filter(({ seq }) => seq > from);
    const pages = await Promise.all(
      cutManifest(manifestText(changed, from === 0 ? undefined : this.state.datablocks.keys())),
    );
    const header = { at, from, pages: pages.length, datablocks: changed.length, arrayBytes: 0 };
    if (pages.length === 0) follower.wire.link.send(encodeMessage('manifest', { ...header, page: 0 }));
    for (const [page, payload] of pages.entries()) {
      follower.wire.link.send(encodeMessage('manifest', { ...header, page }, { payload, codec: 1 }));
    }
    follower.position = at;
  }

  async #commit(
    { wire: { link } }: Follower,
    user: FakeUser,
    message: MessageOf<'commit'>,
    frame: Uint8Array,
  ): Promise<void> {
    const { counter, base, onlyIfUnwritten = false, bodyBytes } = message.header;
    const id = `${user.number}:${counter}`;
    const before = this.#accepted.get(id);
    if (before !== undefined) return link.send(encodeMessage('ack', { counter, seq: before }));
    const reject = ({ code, message: text, details }: ReturnType<typeof refusal>) =>
      link.send(
        encodeMessage(
          'reject',
          { counter, code, message: text },
          { payload: utf8(JSON.stringify(details ?? {})) },
        ),
      );
    const carried = (await decompress(message.codec, message.payload, 1 << 20))!;
    const names = bodyBytes === undefined ? [] : decodeNames(carried)!;
    const parts = await Promise.all(names.map((name) => this.chunks.get(name)));
    const body = decodeCommitBody(bodyBytes === undefined ? carried : Buffer.concat(parts as Uint8Array[]));
    if (isRefusal(body)) throw new Error(body.message);
    const lists = await loadLists(body, (name) => this.chunks.get(name));
    for (const name of chunksNamedBy(body, lists)) {
      if (!(await this.chunks.has(name)))
        return reject(refusal('missing-chunks', undefined, { names: [name] }));
    }
    const objection = this.objection(message, body);
    if (objection !== null) return reject(objection);
    const seq = this.state.seq + 1;
    const context = { seq, author: user.number, override: false, base, onlyIfUnwritten, lists };
    const applied = this.state.apply(body, context);
    if (isRefusal(applied)) return reject(applied);
    this.state.seq = seq;
    for (const [name, bytes] of applied.inlineChunks) await this.chunks.put(name, bytes);
    this.#accepted.set(id, seq);
    user.lastCounter = Math.max(user.lastCounter, counter);
    const event = new Uint8Array(frame);
    stampFrame(event, seq, user.number, 1);
    this.events.push(event);
    for (const follower of this.#followers) {
      if (follower.position === null) continue;
      const overwritten = applied.overwritten.map(
        ({ id: place, path, author, seq: at }): [string, string, number, number] => [place, path, author, at],
      );
      const isOwn = follower.user === user;
      follower.wire.link.send(isOwn ? encodeMessage('ack', { counter, seq, overwritten }) : event);
      follower.position = seq;
    }
    if (!this.#followers.some((follower) => follower.user === user && follower.position !== null)) {
      link.send(encodeMessage('ack', { counter, seq }));
    }
  }

  async #digests() {
    for (const datablock of this.state.datablocks.values()) {
      await nameChangedChunks(datablock, async (name) => (await this.chunks.get(name))!, this.chunks);
    }
    return new Map([...this.state.datablocks].map(([id, datablock]) => [id, datablockDigest(datablock)]));
  }
}
