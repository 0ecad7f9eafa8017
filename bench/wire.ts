import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LineProcess } from './line-process.ts';
import type { Place } from './side.ts';

const WIRE = fileURLToPath(new URL('../tests/network/wire.py', import.meta.url));

/** Whether this machine lets us make one. */
export const canMakeWires = process.getuid?.() === 0 && existsSync('/dev/net/tun');

/** Two namespaces joined by a wire with delay (ms, each way) and loss (percent, each way); Linux as root only. */
export async function withWire<Result>(
  delayMs: number,
  lossPercent: number,
  work: (place: Place) => Promise<Result>,
): Promise<Result> {
  const wire = new LineProcess('wire', [
    'python3',
    WIRE,
    '--delay',
    String(delayMs),
    '--loss',
    String(lossPercent),
  ]);
  try {
    const { near, far, near_address: serverAddress } = await wire.answer();
    return await work({
      serverAddress: String(serverAddress),
      nearPrefix: ['ip', 'netns', 'exec', String(near)],
      farPrefix: ['ip', 'netns', 'exec', String(far)],
    });
  } finally {
    wire.child.stdin!.end();
    await new Promise((resolve) => wire.child.once('exit', resolve));
  }
}
