import { concat } from './bytes.ts';
import type { CommitBody } from './commit.ts';
import type { ArrayForm, Operation } from './operation.ts';

/** A body of these operations, which point into the buffers of `body`: only what they point to is taken along. */
export function pickOperations(body: CommitBody, operations: readonly Operation[]): CommitBody {
  const buffers: Uint8Array[] = [];
  let size = 0;
  const move = ([offset, length]: readonly [number, number]): [number, number] => {
    buffers.push(body.buffers.subarray(offset, offset + length));
    size += length;
    return [size - length, length];
  };
  const moveForm = <Form extends ArrayForm>(form: Form): Form =>
    'at' in form.data ? { ...form, data: { at: move(form.data.at) } } : form;
  const moved = operations.map((operation): Operation => {
    switch (operation.op) {
      case 'range':
        return { ...operation, at: move(operation.at) };
      case 'put-array':
        return moveForm(operation);
      case 'put-group':
        return { ...operation, arrays: operation.arrays.map(moveForm) };
      default:
        return operation;
    }
  });
  return { operations: moved, buffers: concat(buffers) };
}
