import { gunzipSync } from 'node:zlib';
import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Session } from '@sceneport/server';
import { bytesOf, dictOf, listOf } from './dialect/fields.ts';
import { COMMON, type WireNode } from './dialect/messages.ts';
import { readNode } from './dialect/three-port.ts';
import { readPickle } from './pickle/reader.ts';
import { NodeStore, SERVER } from './session/node-store.ts';
import { WireError } from './wire-error.ts';

/** What a saved session may be when it is unpacked, bytes. */
const MOST_BYTES = 2 ** 31 - 1;
const MOST_NODES = 1_000_000;

/**
 * Takes a session that the old add-on has saved (a pickle in gzip) into an empty session of its kind, with the reader
 * that only knows data; gives the number of nodes. Nothing is written where any of it is broken (`bad-file`) or the
 * session holds something (`already-initialised`).
 */
export async function importMultiUser(session: Session, file: Uint8Array): Promise<number | Refusal> {
  const nodes = readFile(file);
  if (isRefusal(nodes)) return nodes;
  const store = new NodeStore(session, { numberOf: () => null, nameOf: () => null });
  if (store.ids().length > 0 && store.release !== null) return refusal('already-initialised');
  store.clear();
  for (const node of nodes) {
    const seq = store.write({ ...node, owner: COMMON }, SERVER);
    if (isRefusal(seq)) return seq;
  }
  const last = store.complete({ generation: 'three-port', version: null });
  if (isRefusal(last)) return last;
  await session.sequencer.reached(session.sequencer.state.seq);
  return nodes.length;
}

function readFile(file: Uint8Array): WireNode[] | Refusal {
  try {
    const saved = dictOf(readPickle(gunzipSync(file, { maxOutputLength: MOST_BYTES })));
    const nodes = listOf(saved.get('nodes'), MOST_NODES);
    return nodes.map((node) => readNode(listOf(node, 5).map(bytesOf)));
  } catch (error) {
    const isOfFile =
      error instanceof WireError || (error as NodeJS.ErrnoException).code?.startsWith('Z_') === true;
    if (!isOfFile && !(error instanceof RangeError)) throw error;
    return refusal('bad-file', `The file holds no saved session: ${(error as Error).message}.`);
  }
}
