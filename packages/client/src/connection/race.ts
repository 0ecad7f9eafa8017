import { isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { Clock } from '../clock.ts';
import type { Wire } from '../transport/transport.ts';

/** A way to the server that can be tried, until `signal` ends it. */
export type Attempt = (signal: AbortSignal) => Promise<Wire | Refusal>;

/**
 * Begins `first` at once, and `later` after `delayMs` or when the first have all failed. The first wire wins, and all
 * other attempts end (W1). Where none leads there the refusal names them all.
 */
export function race(
  first: readonly Attempt[],
  later: readonly Attempt[],
  delayMs: number,
  clock: Clock,
): Promise<Wire | Refusal> {
  const { promise, resolve, reject } = Promise.withResolvers<Wire | Refusal>();
  const losers = new AbortController();
  const failures: Refusal[] = [];
  let isWon = false;

  const run = async (attempt: Attempt): Promise<void> => {
    const result = await attempt(losers.signal);
    if (isRefusal(result)) failures.push(result);
    else if (isWon) result.close();
    else {
      isWon = true;
      resolve(result);
      losers.abort();
    }
  };
  const runAll = async (attempts: readonly Attempt[]): Promise<void> => {
    if (!isWon) await Promise.all(attempts.map(run));
  };
  const firstEnded = runAll(first);
  const { promise: delay, resolve: endDelay } = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, endDelay);
  const laterEnded = Promise.race([firstEnded, delay]).then(() => runAll(later));
  Promise.all([firstEnded, laterEnded])
    .then(() => resolve(together(failures)), reject)
    .finally(cancel);
  return promise;
}

/**
 * One refusal for all: where one place could not be reached it may be the right one, and worth another try, whatever
 * answers at the others.
 */
function together(failures: readonly Refusal[]): Refusal {
  const counts = failures.find(({ code }) => code === 'unreachable') ?? failures[0];
  if (counts === undefined) return refusal('unreachable');
  return refusal(counts.code, failures.map(({ message }) => message).join(' '), counts.details);
}
