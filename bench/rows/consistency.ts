import { startOurServer } from '../ours/side.ts';
import type { Row } from '../report.ts';
import { LOOPBACK } from '../side.ts';

const JOINERS = 5;
const UPDATES = 300;
const ROUNDS = 20;

/** Clients join while 30 edits a second go on: edits that one of them lacks or has twice, and scenes that differ. */
export async function joinWhileEditedRow(): Promise<Row> {
  const server = await startOurServer(LOOPBACK);
  try {
    const publisher = await server.client('publisher', { isFirst: true });
    await publisher.call({ do: 'init', count: 1, size: 4096 });
    publisher.send({ do: 'publish', size: 1024, count: UPDATES, per_second: 30 });
    const joiners = [];
    for (let index = 0; index < JOINERS; index++) {
      const joiner = await server.client(`joiner ${index}`);
      await joiner.call({ do: 'join' });
      joiners.push(joiner);
    }
    await publisher.answer();
    const { digest } = await publisher.call({ do: 'digest' });
    let wrong = 0;
    for (const joiner of joiners) {
      const reached = await joiner.call({ do: 'reach', number: UPDATES - 1 });
      wrong += (reached.lost as number) + (reached.doubled as number) + (reached.digest === digest ? 0 : 1);
    }
    const work = `${JOINERS} joins while 30 edits a second go on: edits lost or doubled, scenes that differ`;
    return { work, unit: '', old: null, ours: wrong, target: '0' };
  } finally {
    await server.stop();
  }
}

/** Two users change the same property at the same time, again and again: rounds after which their scenes differ. */
export async function contestedRow(): Promise<Row> {
  const server = await startOurServer(LOOPBACK);
  try {
    const ann = await server.client('ann', { isFirst: true });
    await ann.call({ do: 'init', count: 1, size: 64 });
    const bob = await server.client('bob');
    await bob.call({ do: 'join' });
    let different = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all([
        ann.call({ do: 'contest', value: round }),
        bob.call({ do: 'contest', value: -round }),
      ]);
      let [ours, theirs] = [await ann.call({ do: 'digest' }), await bob.call({ do: 'digest' })];
      while (ours.seq !== theirs.seq) {
        [ours, theirs] = [await ann.call({ do: 'digest' }), await bob.call({ do: 'digest' })];
      }
      if (ours.digest !== theirs.digest) different++;
    }
    const work = `two users change one datablock at once, ${ROUNDS} rounds: rounds that left different scenes`;
    return { work, unit: '', old: null, ours: different, target: '0' };
  } finally {
    await server.stop();
  }
}
