import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { TestContext } from 'node:test';

/** A mapping in the table of a fake router. */
export interface Entry {
  readonly externalPort: number;
  readonly internalPort: number;
  readonly leaseSeconds: number;
  readonly nonce: string;
}

/** How a fake router behaves. */
export interface FakePmpOptions {
  readonly speaks?: readonly ('PCP' | 'NAT-PMP')[];
  external?: string;
  /** So many packets are lost before one is read. */
  lose?: number;
  /** The result code that maps are answered with. */
  result?: number;
  /** The port that is given, whatever was wished. */
  gives?: number | null;
  /** Sent before each answer: what others could send who do not know the question. */
  readonly forge?: (answer: Buffer, send: (bytes: Buffer) => void) => void;
  /** Sends nothing after that. */
  readonly isMute?: boolean;
  leaseSeconds?: number;
}

/** A router on 127.0.0.1 that speaks NAT-PMP and PCP over real UDP, and lies as it is told. */
export class FakePmp {
  readonly options: FakePmpOptions;
  readonly table: Entry[] = [];
  /** The operations that arrived, in order: `PCP announce`, `NAT-PMP map 3600` … */
  readonly heard: string[] = [];
  readonly #socket: Socket;
  #waiting: { readonly until: () => boolean; readonly resolve: () => void }[] = [];

  private constructor(socket: Socket, options: FakePmpOptions) {
    this.#socket = socket;
    this.options = options;
  }

  static async start(t: TestContext, options: FakePmpOptions = {}): Promise<FakePmp> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    t.after(() => socket.close());
    const router = new FakePmp(socket, options);
    socket.on('message', (bytes, from) => router.#take(bytes, from));
    return router;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves when `until` holds after something has arrived. */
  async when(until: () => boolean): Promise<void> {
    if (until()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ until, resolve });
    await promise;
  }

  #take(bytes: Buffer, from: RemoteInfo): void {
    const { speaks = ['PCP', 'NAT-PMP'] } = this.options;
    const isPcp = bytes[0] === 2;
    this.heard.push(this.#nameOf(bytes, isPcp));
    if ((this.options.lose ?? 0) > 0) {
      this.options.lose! -= 1;
    } else if (isPcp && !speaks.includes('PCP')) {
      if (speaks.includes('NAT-PMP')) this.#send(Buffer.from([0, 0x80, 0, 1, 0, 0, 0, 9]), from);
    } else if (isPcp) this.#send(this.#pcp(bytes), from);
    else if (speaks.includes('NAT-PMP')) this.#send(this.#natPmp(bytes), from);
    for (const one of this.#waiting) if (one.until()) one.resolve();
  }

  #send(answer: Buffer, from: RemoteInfo): void {
    this.options.forge?.(answer, (bytes) => this.#socket.send(bytes, from.port, from.address));
    if (this.options.isMute !== true) this.#socket.send(answer, from.port, from.address);
  }

  #nameOf(bytes: Buffer, isPcp: boolean): string {
    if (isPcp) return bytes[1] === 0 ? 'PCP announce' : `PCP map ${bytes.readUInt32BE(4)}`;
    return bytes[1] === 0 ? 'NAT-PMP address' : `NAT-PMP map ${bytes.readUInt32BE(8)}`;
  }

  #pcp(request: Buffer): Buffer {
    const answer = Buffer.from(request);
    answer[1] = request[1]! | 0x80;
    answer.writeUInt32BE(77, 8);
    answer.fill(0, 12, 24);
    answer[3] = 0;
    if (request[1] === 0) return answer.subarray(0, 24);
    answer[3] = this.options.result ?? 0;
    const nonce = request.subarray(24, 36).toString('hex');
    const port = this.#map(
      request.readUInt16BE(40),
      request.readUInt16BE(42),
      request.readUInt32BE(4),
      nonce,
    );
    answer.writeUInt16BE(port, 42);
    answer.writeUInt32BE(this.#lease(request.readUInt32BE(4)), 4);
    answer.fill(0, 44, 54).fill(0xff, 54, 56).set(this.#external, 56);
    return answer;
  }

  #natPmp(request: Buffer): Buffer {
    const answer = Buffer.alloc(request[1] === 0 ? 12 : 16);
    answer[1] = request[1]! | 0x80;
    answer.writeUInt32BE(77, 4);
    if (request[1] === 0) {
      answer.set(this.#external, 8);
      return answer;
    }
    const lease = request.readUInt32BE(8);
    answer.writeUInt16BE(this.options.result ?? 0, 2);
    answer.writeUInt16BE(request.readUInt16BE(4), 8);
    answer.writeUInt16BE(this.#map(request.readUInt16BE(4), request.readUInt16BE(6), lease, ''), 10);
    answer.writeUInt32BE(this.#lease(lease), 12);
    return answer;
  }

  #map(internalPort: number, wished: number, leaseSeconds: number, nonce: string): number {
    if ((this.options.result ?? 0) !== 0) return 0;
    const index = this.table.findIndex((entry) => entry.internalPort === internalPort);
    const earlier = this.table[index];
    if (earlier !== undefined && earlier.nonce !== nonce) return 0;
    if (index !== -1) this.table.splice(index, 1);
    if (leaseSeconds === 0) return 0;
    const externalPort = this.options.gives ?? wished;
    this.table.push({ externalPort, internalPort, leaseSeconds, nonce });
    return externalPort;
  }

  #lease(asked: number): number {
    return asked === 0 ? 0 : (this.options.leaseSeconds ?? asked);
  }

  get #external(): number[] {
    return (this.options.external ?? '11.0.1.2').split('.').map(Number);
  }
}
