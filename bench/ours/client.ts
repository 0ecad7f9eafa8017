/**
 * One client of Sceneport for the benchmark: the SDK, driven by lines of JSON, command by command the same as the client of
 * the old server in `../old/client.py`.
 */
import { createInterface } from 'node:readline';
import { type AppliedEvent, memoryStore, SessionClient } from '@sceneport/client';
import {
  type DatablockId,
  isRefusal,
  newDatablockId,
  type Refusal,
  SceneportError,
} from '@sceneport/protocol';
import { contentOf, percentile } from '../content.ts';
import { countedTransport } from './counted-transport.ts';
import { EventWatch } from './event-watch.ts';

type Command = Record<string, unknown> & { do: string };

let invite = '';
let name = '';
let startedMs = 0;
let client: SessionClient | undefined;
const store = memoryStore();
const watch = new EventWatch();
const { transport, sentBytes } = countedTransport();

function session(): SessionClient {
  if (client === undefined) throw new Error('not joined');
  return client;
}

function must<Result>(result: Result | Refusal): Result {
  if (isRefusal(result)) throw new SceneportError(result);
  return result;
}

async function join(): Promise<SessionClient> {
  const options = {
    target: invite,
    user: name,
    colour: [1, 1, 1],
    blender: null,
    client: { name: 'benchmark', version: '1' },
    transport,
    store,
  } as const;
  client = await SessionClient.connect(options, (made) => watch.attach(made));
  return client;
}

/** Milliseconds since 1970, in fractions, alike in all processes of the machine. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

const GROUP = 'content';
const PATH = 'bytes';

/** Publishes `count` datablocks of `size` bytes each as the first state of the session. */
async function init(count: number, size: number): Promise<object> {
  const composed = (await join()).compose();
  for (let index = 0; index < count; index++) {
    const id = newDatablockId();
    composed.add({ op: 'create', id, type: 'Text', name: `item ${index}`, set: {} });
    const array = { path: PATH, dtype: 'u1', shape: [size], bytes: contentOf(index, size) } as const;
    await composed.putGroup({ id, group: GROUP, from: 0 }, [array]);
  }
  const { operations, buffers } = composed.body;
  must(await session().commit(operations, buffers, { publish: true }));
  return {};
}

/** Seconds from the call to `connect` until the replica and the content of every array are here. */
async function joinTimed(): Promise<object> {
  await join();
  const refused = await session().fetchContent(session().ids());
  if (refused !== null) throw new SceneportError(refused);
  return { seconds: (performance.now() - startedMs) / 1000, datablocks: session().ids().size };
}

/** Overwrites the first `size` bytes of one datablock `count` times; `sent` says when. */
async function publish(size: number, count: number, perSecond: number | null): Promise<object> {
  const [id] = session().ids() as unknown as [DatablockId];
  const buffers = contentOf(1, size);
  const from = session().view(id)!.groups.get(GROUP)!.version;
  const began = performance.now();
  const sentBefore = sentBytes();
  const settled: Promise<unknown>[] = [];
  for (let number = 0; number < count; number++) {
    if (perSecond !== null) await until(began + (number * 1000) / perSecond);
    else if (session().pending > 256) await settled[number - 256];
    settled.push(
      session()
        .commit(
          [
            { op: 'set', id, set: { sent: now(), number }, unset: [] },
            { op: 'range', id, group: GROUP, from, path: PATH, offset: 0, at: [0, size] },
          ],
          buffers,
        )
        .then(must),
    );
  }
  await Promise.all(settled);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, bytes_each: Math.round((sentBytes() - sentBefore) / count) };
}

/** Waits for `count` events, or until none came for a while. */
async function read(count: number, quietSeconds: number): Promise<object> {
  const latenciesMs: number[] = [];
  let firstMs = 0;
  let lastMs = performance.now();
  await new Promise<void>((resolve) => {
    const quiet = setInterval(() => {
      if (latenciesMs.length > 0 && performance.now() - lastMs > quietSeconds * 1000) finish();
    }, 50);
    const stop = session().on('event', (event: AppliedEvent) => {
      const [operation] = event.operations;
      if (operation?.op !== 'set') return;
      lastMs = performance.now();
      firstMs ||= lastMs;
      latenciesMs.push(now() - (operation.set.sent as number));
      if (latenciesMs.length >= count) finish();
    });
    function finish(): void {
      clearInterval(quiet);
      stop();
      resolve();
    }
  });
  latenciesMs.sort((a, b) => a - b);
  return {
    updates: latenciesMs.length,
    seconds: (lastMs - firstMs) / 1000,
    p50_ms: percentile(latenciesMs, 0.5),
    p99_ms: percentile(latenciesMs, 0.99),
  };
}

/** Leaves, and joins again with everything that was kept. */
async function rejoin(): Promise<object> {
  await session().leave();
  startedMs = performance.now();
  return joinTimed();
}

/** Waits until this client has update `number`, by whatever way it comes; and what it has then. */
async function reach(number: number): Promise<object> {
  const began = performance.now();
  const [id] = session().ids() as unknown as [DatablockId];
  const newest = () =>
    (session().confirmed.datablocks.get(id)?.properties.get('number')?.value ?? -1) as number;
  while (newest() < number) await until(performance.now() + 10);
  const seconds = (performance.now() - began) / 1000;
  return { seconds, events: watch.events, lost: watch.lost, doubled: watch.doubled, ...(await digest()) };
}

async function digest(): Promise<{ seq: number; digest: string }> {
  const { seq, hex } = must(await session().digest());
  return { seq, digest: hex };
}

/** Sets one property of the one datablock, and waits until the session has decided. */
async function contest(value: number): Promise<object> {
  const [id] = session().ids() as unknown as [DatablockId];
  must(await session().commit([{ op: 'set', id, set: { contested: value }, unset: [] }]));
  return { seq: session().confirmed.seq };
}

async function until(timeMs: number): Promise<void> {
  const waitMs = timeMs - performance.now();
  if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
}

async function handle(command: Command): Promise<object> {
  switch (command.do) {
    case 'connect':
      invite = command.invite as string;
      name = command.name as string;
      startedMs = performance.now();
      return {};
    case 'init':
      return init(command.count as number, command.size as number);
    case 'join':
      return joinTimed();
    case 'publish':
      return publish(command.size as number, command.count as number, command.per_second as number | null);
    case 'read':
      return read(command.count as number, command.quiet_seconds as number);
    case 'enter':
      await join();
      return { seconds: (performance.now() - startedMs) / 1000 };
    case 'rejoin':
      return rejoin();
    case 'reach':
      return reach(command.number as number);
    case 'contest':
      return contest(command.value as number);
    case 'digest':
      return digest();
    default:
      throw new Error(`no command ${command.do}`);
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as Command;
  if (command.do === 'exit') break;
  const answer = await handle(command).catch((error: unknown) => ({ error: String(error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await client?.leave();
process.exit(0);
