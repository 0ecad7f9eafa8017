import type { Socket } from 'node:net';

/** Says how long a sender has to wait after it has sent so many bytes, ms. */
export type Meter = (bytes: number) => number;

/** A session says something every second; what is silent for so long is gone. */
const SILENCE_MS = 60_000;

/** Shorter waits are put off, since the meter remembers them: pausing for every piece costs more than passing it on. */
const LEAST_WAIT_MS = 20;

/**
 * Passes the bytes of each socket on to the other, as they are, until both have ended. Who does not take them holds the
 * sender back, and so does `meter`. Both sockets stay open for writing when the other side has ended.
 */
export function splice(one: Socket, other: Socket, meter: Meter): void {
  pass(one, other, meter);
  pass(other, one, meter);
}

function pass(from: Socket, to: Socket, meter: Meter): void {
  let isMetered = false;
  const goOn = (): void => {
    if (!isMetered && !to.writableNeedDrain) from.resume();
  };
  from.setNoDelay(true).setTimeout(SILENCE_MS, () => from.destroy());
  from.on('data', (bytes: Buffer) => {
    const isTaken = to.write(bytes, (error) => {
      if (!error) release(bytes);
    });
    const waitMs = meter(bytes.length);
    const isTooQuick = waitMs >= LEAST_WAIT_MS;
    if (isTaken && !isTooQuick) return;
    from.pause();
    if (!isTooQuick) return;
    isMetered = true;
    setTimeout(() => {
      isMetered = false;
      goOn();
    }, waitMs).unref();
  });
  to.on('drain', goOn);
  from.on('end', () => to.end());
  from.on('close', () => {
    // What ended as it should has been passed on to the last byte, which may still be on its way.
    if (!from.readableEnded) to.destroy();
  });
  from.resume();
}

/**
 * Gives the memory of bytes back that have been sent. The garbage collector would do so too, but it walks its whole heap for
 * about every 40 MB that have been read: more than half of what passing them on costs (measured with Node 24).
 */
function release({ buffer, byteLength }: Buffer): void {
  // What shares its memory with others is not ours to give.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
