// Run at a place of the lab: `join.ts INVITE` joins a session by its invite, prints its name and how the server sees the joiner as
// a line of JSON, and leaves.
import { SessionClient } from '@sceneport/client';

const client = await SessionClient.connect({
  target: process.argv[2]!,
  user: 'Ann',
  colour: [1, 0, 0],
  blender: null,
  client: { name: 'test', version: '1' },
});
process.stdout.write(`${JSON.stringify({ name: client.me.name })}\n`);
await client.leave();
