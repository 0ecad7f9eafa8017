import { concat, utf8 } from './bytes.ts';
import { type Refusal, refusal } from './errors.ts';
import { parseJson } from './json.ts';
import { LIMITS } from './limits.ts';
import { isOperation, type Operation, pointedBytesOf } from './operation.ts';

/** What a commit does: operations, and the buffers that they point into (M7). */
export interface CommitBody {
  readonly operations: readonly Operation[];
  readonly buffers: Uint8Array;
}

/** The body as bytes: u32 size of the JSON, the JSON list of operations, the buffers. */
export function encodeCommitBody(body: CommitBody): Uint8Array {
  const json = utf8(JSON.stringify(body.operations));
  const size = new Uint8Array(4);
  new DataView(size.buffer).setUint32(0, json.length, true);
  return concat([size, json, body.buffers]);
}

/** Reads a body (F2). Nothing of a body with one bad operation is used. */
export function decodeCommitBody(bytes: Uint8Array): CommitBody | Refusal {
  if (bytes.length > LIMITS.commitBytes) return refusal('too-large', 'A commit is larger than the limit.');
  if (bytes.length < 4) return bad('commit without operations');
  const jsonBytes = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  if (4 + jsonBytes > bytes.length) return bad('operations longer than the commit');
  const list = parseJson(bytes.subarray(4, 4 + jsonBytes));
  const buffers = bytes.subarray(4 + jsonBytes);
  if (!Array.isArray(list)) return bad('operations are no JSON list');
  let pointedBytes = 0;
  for (const operation of list) {
    if (!isOperation(operation, buffers.length)) return bad('operation out of schema');
    pointedBytes += pointedBytesOf(operation);
  }
  if (pointedBytes > buffers.length) return bad('buffers used more than once');
  return { operations: list, buffers };
}

function bad(rule: string): Refusal {
  return refusal('bad-frame', `A frame broke a rule: ${rule}.`, { rule });
}
