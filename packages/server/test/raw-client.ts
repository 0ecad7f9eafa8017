import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import {
  batchChunks,
  type ChunkName,
  type CommitBody,
  type DatablockId,
  decodeMessage,
  decodeNames,
  decompress,
  encodeChunks,
  encodeCommitBody,
  encodeMessage,
  encodeNames,
  type FrameName,
  type FrameParts,
  FrameStream,
  type Header,
  isRefusal,
  LIMITS,
  ManifestReader,
  type Message,
  type MessageOf,
  newDatablockId,
  type Operation,
  type PackedChunk,
  withLength,
} from '@sceneport/protocol';

/** What a `hello` of the tests says where a test says nothing else. */
export const HELLO: Omit<Header<'hello'>, 'login'> = {
  session: 'main',
  versions: [1, 1],
  client: { name: 'raw', version: '0' },
  blender: null,
  capabilities: [],
  user: 'Ann',
  colour: [1, 0, 0],
};

type Waiter = {
  readonly matches: (message: Message) => boolean;
  readonly resolve: (message: Message) => void;
};

/** A client that speaks frames by hand: it can say anything, also what no SDK would. */
export class RawClient {
  readonly socket: TLSSocket;
  /** Everything that arrived and no test has taken, in order. */
  readonly messages: Message[] = [];
  /** Names of all messages that ever arrived. */
  readonly seen = new Set<FrameName>();
  readonly closed: Promise<void>;
  isOpen = true;
  /** Answers pings, so that the server does not take it for lost. */
  answersPings = true;
  welcome!: Header<'welcome'>;
  #waiters: Waiter[] = [];
  #counter = 0;
  #onClosed: (() => void)[] = [];

  constructor(socket: TLSSocket) {
    this.socket = socket;
    const stream = new FrameStream();
    socket.on('data', (data: Buffer) => {
      const frames = stream.push(new Uint8Array(data));
      if (isRefusal(frames)) throw new Error(frames.message);
      for (const frame of frames) this.#take(frame);
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.isOpen = false;
        for (const reject of this.#onClosed) reject();
        resolve();
      });
    });
  }

  /** Connects without saying anything yet; `servername` is the name that it asks for in the TLS handshake. */
  static async open(port: number, servername?: string): Promise<RawClient> {
    const socket = connect({
      port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['sceneport/1'],
      ...(servername === undefined ? {} : { servername }),
    });
    await once(socket, 'secureConnect');
    return new RawClient(socket);
  }

  /** Connects and logs in with a token or another login. */
  static async join(
    port: number,
    login: Header<'hello'>['login'] | string,
    hello: Partial<Header<'hello'>> = {},
    servername?: string,
  ): Promise<RawClient> {
    const client = await RawClient.open(port, servername);
    client.send('hello', {
      ...HELLO,
      ...hello,
      login: typeof login === 'string' ? { kind: 'token', token: login } : login,
    });
    const answer = await client.first(['welcome', 'refused']);
    if (answer.name !== 'welcome') throw new Error(`refused: ${(answer.header as { code: string }).code}`);
    client.welcome = answer.header;
    client.#counter = answer.header.lastCounter;
    return client;
  }

  send<Name extends FrameName>(
    name: Name,
    header: Header<Name>,
    rest: Pick<FrameParts, 'payload' | 'codec'> = {},
  ): void {
    this.sendBytes(withLength(encodeMessage(name, header, rest)));
  }

  sendBytes(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next message of one of these names; others are kept. */
  first<Name extends FrameName>(names: readonly Name[]): Promise<MessageOf<Name>> {
    return this.next((message) => (names as readonly string[]).includes(message.name)) as Promise<
      MessageOf<Name>
    >;
  }

  async next(matches: (message: Message) => boolean): Promise<Message> {
    const index = this.messages.findIndex(matches);
    if (index !== -1) return this.messages.splice(index, 1)[0]!;
    if (!this.isOpen) throw new Error('the connection is closed');
    return new Promise((resolve, reject) => {
      this.#waiters.push({
        matches,
        resolve: (message) => {
          this.messages.splice(this.messages.indexOf(message), 1);
          resolve(message);
        },
      });
      const bye = () => this.messages.find(({ name }) => name === 'bye' || name === 'refused');
      this.#onClosed.push(() => reject(new Error(`closed: ${JSON.stringify(bye()?.header)}`)));
    });
  }

  /** Asks for the state and waits for it: the datablocks, and the `seq` they are of. */
  async sync(
    from = 0,
  ): Promise<{ at: number; from: number; lines: Map<DatablockId, unknown>; frames: number }> {
    this.send('sync', { from });
    return this.readManifest();
  }

  /** Reads the pages of a manifest to the last one. */
  async readManifest(): Promise<{
    at: number;
    from: number;
    lines: Map<DatablockId, unknown>;
    allIds: ReadonlySet<string> | null;
    frames: number;
  }> {
    const reader = new ManifestReader();
    const lines = new Map<DatablockId, unknown>();
    let frames = 0;
    for (;;) {
      const page = await this.first(['manifest']);
      frames++;
      const text = await decompress(page.codec, page.payload, LIMITS.inflatedBytes);
      for (const datablock of reader.push(text!) ?? []) lines.set(datablock.id, datablock);
      const { at, from, pages } = page.header;
      if (page.header.page + 1 >= pages) return { at, from, lines, allIds: reader.allIds, frames };
    }
  }

  /** Sends a commit; gives its counter. */
  commit(
    operations: readonly Operation[],
    header: Partial<Header<'commit'>> = {},
    buffers: CommitBody['buffers'] = new Uint8Array(0),
  ): number {
    const counter = header.counter ?? ++this.#counter;
    const payload = encodeCommitBody({ operations, buffers });
    this.send('commit', { base: 0, ...header, counter }, { payload });
    return counter;
  }

  /** Sends a commit and waits for what comes of it. */
  async settle(
    operations: readonly Operation[],
    header: Partial<Header<'commit'>> = {},
    buffers?: Uint8Array,
  ): Promise<MessageOf<'ack'> | MessageOf<'reject'>> {
    const counter = this.commit(operations, header, buffers);
    return this.settled(counter);
  }

  async settled(counter: number): Promise<MessageOf<'ack'> | MessageOf<'reject'>> {
    return (await this.next(
      (message) =>
        (message.name === 'ack' || message.name === 'reject') && message.header.counter === counter,
    )) as MessageOf<'ack'> | MessageOf<'reject'>;
  }

  /** Asks which chunks are missing. */
  async have(names: readonly ChunkName[]): Promise<ChunkName[]> {
    this.send('have', { request: 1 }, { payload: encodeNames(names) });
    return decodeNames((await this.first(['need'])).payload)!;
  }

  upload(chunks: readonly PackedChunk[]): void {
    for (const batch of batchChunks(chunks)) {
      const { header, payload } = encodeChunks(batch);
      this.send('chunks', header as Header<'chunks'>, { payload });
    }
  }

  /** The digest of the session. */
  async digest(): Promise<Header<'digests'>> {
    this.send('digest', { request: 7, list: false });
    return (await this.first(['digests'])).header;
  }

  /** Cuts the connection without a word. */
  cut(): Promise<void> {
    this.socket.destroy();
    return this.closed;
  }

  #take(frame: Uint8Array): void {
    const message = decodeMessage(frame, 'server');
    if (isRefusal(message)) throw new Error(message.message);
    if (message.name === 'ping') {
      if (this.answersPings) this.send('pong', { number: message.header.number });
      return;
    }
    this.messages.push(message);
    this.seen.add(message.name);
    const waiter = this.#waiters.find(({ matches }) => matches(message));
    if (waiter === undefined) return;
    this.#waiters = this.#waiters.filter((one) => one !== waiter);
    waiter.resolve(message);
  }
}

/** An operation that makes an empty datablock. */
export function create(
  name = 'Cube',
  id: DatablockId = newDatablockId(),
  type = 'Object',
): Operation & {
  op: 'create';
} {
  return { op: 'create', id, type, name, set: {} };
}
