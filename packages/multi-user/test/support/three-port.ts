import { randomUUID } from 'node:crypto';
import { utf8 } from '@sceneport/protocol';
import { bytesOf, dict, dictOf } from '../../src/dialect/fields.ts';
import { type PickleValue, readPickle, writePickle } from '../../src/index.ts';
import type { Parts } from '../../src/zmtp/frames.ts';
import { RawPeer } from './raw-peer.ts';

/** A command of the three-port generation, by its number. */
export function command(number: number, data: PickleValue, owner = 'somebody'): Parts {
  return [writePickle(BigInt(number)), utf8(owner), writePickle(data)];
}

/** A node of the three-port generation. */
export function node(id: string, data: PickleValue, owner = 'COMMON'): Parts {
  return [writePickle(2n), utf8(id), utf8(owner), writePickle([]), writePickle(data)];
}

/** A change of a node, of the three-port generation. */
export function change(id: string, delta: PickleValue): Parts {
  return [writePickle(1n), utf8(id), writePickle([]), writePickle(delta)];
}

export function login(user: string, more: Readonly<Record<string, PickleValue>> = {}): Parts {
  return command(
    9,
    dict({ AUTH_TYPE: 'CLIENT', AUTH_ID: user, S_PWD: null, A_PWD: null, VERSION: '0.9.10', ...more }),
  );
}

/** A client with its command and data connections. */
export class RawClient {
  readonly command: RawPeer;
  readonly data: RawPeer;
  readonly identity: string;

  constructor(identity: string, commands: RawPeer, data: RawPeer) {
    this.identity = identity;
    this.command = commands;
    this.data = data;
  }

  /** Connects and logs in; the answer comes with it. */
  static async join(
    port: number,
    user: string,
    more: Readonly<Record<string, PickleValue>> = {},
  ): Promise<{ client: RawClient; answer: PickleValue }> {
    const identity = randomUUID().slice(0, 16);
    const client = new RawClient(
      identity,
      await RawPeer.connect(port, identity),
      await RawPeer.connect(port + 1, identity),
    );
    client.command.send(login(user, more));
    return { client, answer: await client.answer(9) };
  }

  /** The data of the next command of this number; others are passed over. */
  async answer(number: number): Promise<PickleValue> {
    for (;;) {
      const parts = await this.command.next();
      if (parts === null) throw new Error('the connection was closed');
      if (readPickle(parts[0]!) === BigInt(number)) return readPickle(parts[2]!);
    }
  }

  /** Fills the empty session with nodes of these contents; gives their ids. */
  async fill(contents: readonly PickleValue[]): Promise<string[]> {
    const ids = contents.map(() => randomUUID());
    this.command.send(command(8, dict({ STATE: 'INIT', SIZE: BigInt(ids.length), NODES: ids })));
    await this.answer(8);
    for (const [index, content] of contents.entries())
      this.command.send(command(8, dict({ STATE: 'SET', DATA: [...node(ids[index]!, content)] })));
    this.command.send(command(8, dict({ STATE: 'END' })));
    await this.answer(8);
    return ids;
  }

  /** Joins a session of one node, as clients do; what that holds. */
  async fetch(id: string): Promise<PickleValue> {
    this.command.send(command(7, dict({ STATE: 'REQUEST_INIT' })));
    await this.answer(7);
    this.command.send(command(7, dict({ STATE: 'GET', ID: id })));
    const node = dictOf(await this.answer(7)).get('DATA');
    this.command.send(command(7, dict({ STATE: 'DONE' })));
    return readPickle(bytesOf((node as PickleValue[])[4]!));
  }

  /** Its heartbeat connection, on which nothing has been said. */
  heartbeat(port: number): Promise<RawPeer> {
    return RawPeer.connect(port, this.identity);
  }

  end(): void {
    this.command.end();
    this.data.end();
  }
}
