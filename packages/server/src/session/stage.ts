import { encodeMessage, type Header, type Refusal, refusal, type UserNumber } from '@sceneport/protocol';
import type { Member } from './member.ts';
import type { Members } from './members.ts';

/** Who prepares the first publication of an empty session, and how far it is (S5). */
export class Stage {
  readonly #members: Members;
  #publisher: Member | null = null;
  #progress: Omit<Header<'stage'>, 'by'> = { datablocks: 0, bytes: 0, bytesDone: 0 };

  constructor(members: Members) {
    this.#members = members;
  }

  get publisher(): UserNumber | null {
    return this.#publisher?.number ?? null;
  }

  /** The member says that it prepares a publication, or how far it is. A second one is told of the first. */
  announce(member: Member, progress: Header<'stage'>): void {
    if (this.#publisher !== null && this.#publisher !== member) {
      member.peer?.outlet.post(this.frame());
      return;
    }
    this.#publisher = member;
    const { datablocks, bytes, bytesDone } = progress;
    this.#progress = { datablocks, bytes, bytesDone };
    this.#members.broadcast(this.frame(), member);
  }

  /** Why `member` may not write into an empty session now, or null. */
  objection(member: Member): Refusal | null {
    if (this.#publisher === null || this.#publisher === member) return null;
    return refusal('publishing-elsewhere', undefined, { by: this.#publisher.number });
  }

  /** The publication is the first event now, or its publisher is gone: the stage is free. */
  release(member: Member): void {
    if (this.#publisher !== member) return;
    this.#publisher = null;
    this.#progress = { datablocks: 0, bytes: 0, bytesDone: 0 };
    this.#members.broadcast(this.frame());
  }

  frame(): Uint8Array {
    return encodeMessage('stage', { by: this.publisher, ...this.#progress });
  }
}
