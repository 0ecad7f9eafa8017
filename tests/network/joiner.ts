// Run at a place of the lab: `joiner.ts INVITE` joins and prints a line of JSON for whatever happens; each line that comes
// on standard input is the name of a datablock to make. Straight ways are looked for after a second, not after fifteen.
import { createInterface } from 'node:readline';
import { platformTransport, SessionClient, systemClock } from '@sceneport/client';
import { isRefusal, newDatablockId } from '@sceneport/protocol';

const SEARCH_MS = 15_000;

const say = (event: string, more: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
};

const { open, punch } = platformTransport();
if (punch === undefined) throw new Error('this platform finds no straight ways');

const client = await SessionClient.connect(
  {
    target: process.argv[2] ?? '',
    user: 'joiner',
    colour: [1, 1, 1],
    blender: null,
    client: { name: 'network test', version: '1' },
    clock: {
      ...systemClock,
      after: (delayMs, action) => systemClock.after(delayMs >= SEARCH_MS ? 1000 : delayMs, action),
    },
    transport: {
      open,
      async punch(...args) {
        const wire = await punch(...args);
        say('search', { found: !isRefusal(wire) });
        return wire;
      },
    },
  },
  (made) => {
    made.on('state', (state) => say(state));
  },
);

for await (const name of createInterface({ input: process.stdin })) {
  const made = await client.commit([{ op: 'create', id: newDatablockId(), type: 'Object', name, set: {} }]);
  say('made', isRefusal(made) ? { code: made.code } : { seq: made.seq, number: client.me.number });
}
await client.leave();
process.exit(0);
