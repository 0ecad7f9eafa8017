import { utf8 } from '@sceneport/protocol';
import { systemClock } from '@sceneport/server';
import { dict } from '../../packages/multi-user/src/dialect/fields.ts';
import { type PickleValue, readPickle, writePickle } from '../../packages/multi-user/src/index.ts';
import { type EncodedMessages, encodeMessages } from '../../packages/multi-user/src/zmtp/frames.ts';
import { openPort, type ZmtpPort } from '../../packages/multi-user/src/zmtp/port.ts';

const [SNAPSHOT, LOGIN] = [7n, 9n];

/** Answers every question of a join with bytes that were made before: what link and client take by themselves. */
export async function startBareAnswers(count: number, size: number): Promise<ZmtpPort> {
  const ids = Array.from({ length: count }, (_, index) => String(index));
  const catalog = message(SNAPSHOT, dict({ STATE: 'INIT', CATALOG: ids }));
  const node = message(SNAPSHOT, dict({ STATE: 'SET', DATA: [new Uint8Array(size)] }));
  const login = message(LOGIN, 'RUNNING');
  const limits = { connections: 16, connectionsPerAddress: 16 };
  const security = { isNullAllowed: true, curve: null };
  const events = {
    ready() {},
    drained() {},
    closed() {},
    message(peer: { send(answer: EncodedMessages): void }, [kind, , data]: readonly Uint8Array[]): undefined {
      if (readPickle(kind!) === LOGIN) peer.send(login);
      else peer.send(Buffer.from(data!).includes('REQUEST_INIT') ? catalog : node);
    },
  };
  return openPort({ port: 0, bind: '127.0.0.1' }, { name: 'BARE', security, events }, limits, systemClock);
}

function message(kind: bigint, data: PickleValue): EncodedMessages {
  return encodeMessages([[writePickle(kind), utf8('server'), writePickle(data)]]);
}
