import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FrameCutter } from '../../packages/multi-user/src/zmtp/frames.ts';
import { GREETING_BYTES } from '../../packages/multi-user/src/zmtp/greeting.ts';
import { readCommand, readProperties } from '../../packages/multi-user/src/zmtp/ready.ts';
import type { Cleanup } from '../harness/temporary-folder.ts';
import { describeMessage, Names } from './wire-text.ts';

const PORTS = 4;
const LARGEST_FRAME_BYTES = 1 << 28;

/** Which of a client's connections a message was on, by the port beyond the first one, and its direction. */
interface Line {
  readonly client: string;
  readonly port: number;
  readonly text: string;
}

/**
 * A wire between real clients and a server of old clients that writes down every message of both directions. It hands
 * on bytes as they come. Clients are named by their first message, which is their login.
 */
export class RecordingWire {
  readonly port: number;
  readonly #lines: Line[] = [];
  readonly #names = new Names();
  /** Clients by their identity, in hexadecimal. */
  readonly #clients = new Map<string, string>();

  private constructor(port: number) {
    this.port = port;
  }

  /** Listens on free ports in a row, in front of `target` and the ports after it. */
  static async open(t: Cleanup, target: number): Promise<RecordingWire> {
    for (;;) {
      const wire = new RecordingWire(randomInt(20_000, 32_000));
      const servers: Server[] = [];
      try {
        for (let offset = 0; offset < PORTS; offset++) {
          const server = createServer((socket) => wire.#carry(socket, target + offset, offset));
          servers.push(server);
          await once(server.listen(wire.port + offset, '127.0.0.1'), 'listening');
        }
        t.after(() => servers.forEach((server) => void server.close()));
        return wire;
      } catch {
        for (const server of servers) server.close();
      }
    }
  }

  /** What was said, sorted by client, port and direction, in its order there. */
  lines(): string[] {
    const named = this.#lines.map(
      ({ client, port, text }) => `${this.#clients.get(client) ?? '?'} ${port} ${text}`,
    );
    const place = (line: string): string => line.split(' ').slice(0, 3).join(' ');
    return [...named.entries()]
      .sort(([a, left], [b, right]) =>
        place(left) < place(right) ? -1 : place(left) > place(right) ? 1 : a - b,
      )
      .map(([, line]) => line);
  }

  #carry(near: Socket, port: number, offset: number): void {
    const far = connect(port, '127.0.0.1');
    const identity = { value: '' };
    const fromClient = new Listener((parts) => this.#note(identity.value, offset, '>', parts), identity);
    const fromServer = new Listener((parts) => this.#note(identity.value, offset, '<', parts));
    near.on('data', (data: Buffer) => {
      fromClient.heard(data);
      far.write(data);
    });
    far.on('data', (data: Buffer) => {
      fromServer.heard(data);
      near.write(data);
    });
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  }

  #note(client: string, port: number, direction: string, parts: Uint8Array[]): void {
    const message = describeMessage(parts, this.#names);
    if (message.user !== null && !this.#clients.has(client)) this.#clients.set(client, message.user);
    this.#lines.push({ client, port, text: `${direction} ${message.text}` });
  }
}

/** Cuts one direction of a connection into messages. */
class Listener {
  readonly #cutter = new FrameCutter(LARGEST_FRAME_BYTES);
  readonly #message: (parts: Uint8Array[]) => void;
  readonly #identity: { value: string };
  #greetingLeft = GREETING_BYTES;
  #parts: Uint8Array[] = [];

  constructor(message: (parts: Uint8Array[]) => void, identity = { value: '' }) {
    this.#message = message;
    this.#identity = identity;
  }

  heard(data: Uint8Array): void {
    const skipped = Math.min(this.#greetingLeft, data.length);
    this.#greetingLeft -= skipped;
    for (let frame = this.#cutter.next(data.subarray(skipped)); frame; frame = this.#cutter.next()) {
      if (frame.kind === 'command') this.#ready(frame.body);
      else {
        this.#parts.push(new Uint8Array(frame.body));
        if (!frame.more) this.#message(this.#parts.splice(0));
      }
    }
  }

  #ready(body: Uint8Array): void {
    const command = readCommand(body);
    const properties = command?.name === 'READY' ? readProperties(command.body) : null;
    if (properties !== null) this.#identity.value = Buffer.from(properties.identity).toString('hex');
  }
}
