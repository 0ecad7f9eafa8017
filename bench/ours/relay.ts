import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LineProcess } from '../line-process.ts';
import type { Place } from '../side.ts';
import { PROGRAM } from './side.ts';

/** A relay beside the server. */
export interface BenchRelay {
  readonly pid: number;
  /** What a server is started with to be reached through it. */
  readonly options: readonly string[];
  stop(): Promise<void>;
}

/** Starts a relay where the server is. */
export async function startRelay(place: Place): Promise<BenchRelay> {
  const folder = mkdtempSync(join(tmpdir(), 'sceneport-bench-relay-'));
  const options = ['--json', '--port', '0', '--parent-stdin', '--data', folder];
  const relay = new LineProcess('sceneport relay', [
    ...place.nearPrefix,
    process.execPath,
    PROGRAM,
    'relay',
    ...options,
  ]);
  const { port } = await relay.answer();
  return {
    pid: relay.child.pid!,
    options: ['--relay', `${place.serverAddress}:${port}`],
    async stop() {
      await relay.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
