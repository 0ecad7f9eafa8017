import type { CommitBuilder } from '@sceneport/client';
import type { Operation, Refusal } from '@sceneport/protocol';
import { isRefusal } from '@sceneport/protocol';
import type { Session } from '../session.ts';
import type { GroupEdit } from './array-edits.ts';
import { addArrayEdit, type Edit } from './committer.ts';

/** The first publication of a scene (J4): collects what the add-on hands over, then makes it the first event. */
export class Publication {
  readonly #session: Session;
  readonly #builder: CommitBuilder;
  readonly #groups: GroupEdit[] = [];
  readonly #later: Operation[] = [];
  #written: Promise<void> = Promise.resolve();

  constructor(session: Session) {
    this.#session = session;
    this.#builder = session.compose();
  }

  /** Adds what one message handed over. The bytes of arrays go to the store of chunks one after the other. */
  add(edit: Edit): void {
    this.#written = this.#written.then(async () => {
      this.#builder.add(...edit.operations.filter(({ op }) => op === 'create'));
      this.#later.push(...edit.operations.filter(({ op }) => op !== 'create'));
      for (const one of edit.arrays) {
        await addArrayEdit(this.#session, this.#builder, one);
        if (one.kind === 'group') this.#groups.push({ ...one, arrays: [] });
      }
    });
  }

  /** Publishes everything at once; what the session refuses is the answer. */
  async publish(): Promise<Refusal | null> {
    await this.#written;
    this.#builder.add(...this.#later);
    const { operations, buffers } = this.#builder.body;
    const outcome = await this.#session.publish(operations, buffers);
    if (isRefusal(outcome)) return outcome;
    for (const { version } of this.#groups) version.value = outcome.seq;
    return null;
  }
}
