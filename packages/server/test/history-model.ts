import assert from 'node:assert/strict';
import {
  type ChunkName,
  type CommitBody,
  chunkName,
  type DatablockJson,
  datablockDigest,
  datablockToJson,
  isRefusal,
  SessionState,
  sessionDigest,
} from '@sceneport/protocol';
import type { Contents } from '../src/session/contents.ts';
import { withNamedChunks } from '../src/session/dirty-chunks.ts';
import { CONTENTS } from './history-schedule.ts';

/** An event as the model knows it. */
export interface ModelEvent {
  readonly author: number;
  readonly counter: number;
  readonly gesture: string | null;
  readonly body: CommitBody;
  readonly hash: Uint8Array;
}

/** A state of the model. */
export interface ModelState {
  readonly digest: string;
  readonly datablocks: ReadonlyMap<string, DatablockJson>;
}

/** What a session's history is to be: every event as it was made, and the state after each of them. */
export class HistoryModel {
  readonly events: ModelEvent[] = [];
  readonly states: ModelState[] = [{ digest: sessionDigest(new Map()), datablocks: new Map() }];
  #state = new SessionState();
  readonly #contents: Contents = {
    fresh: new Map<ChunkName, Uint8Array>(CONTENTS.map((bytes) => [chunkName(bytes), bytes])),
    missing: () => [],
    bytes: async (name) => this.#contents.fresh.get(name),
  };

  /** The number of the last event. */
  get newest(): number {
    return this.events.length;
  }

  /** Applies the next event. */
  async push(event: ModelEvent): Promise<void> {
    const seq = this.newest + 1;
    const applied = this.#state.apply(event.body, {
      seq,
      author: event.author,
      override: true,
      base: seq,
      onlyIfUnwritten: false,
      lists: new Map(),
    });
    assert.ok(!isRefusal(applied), JSON.stringify(applied));
    this.#state.seq = seq;
    for (const [name, bytes] of applied.inlineChunks) this.#contents.fresh.set(name, bytes);
    this.events.push(event);
    this.states.push(await this.#snapshot());
  }

  /** Forgets the events after `seq`, which a crash has taken. */
  async cut(seq: number): Promise<void> {
    const kept = this.events.splice(0).slice(0, seq);
    this.states.length = 1;
    this.#state = new SessionState();
    for (const event of kept) await this.push(event);
  }

  /** The first event of the gestures that have events both up to `seq` and after it; null where there is none. */
  openSince(seq: number): number | null {
    const gestureOf = ({ author, gesture }: ModelEvent) => (gesture === null ? null : `${author}:${gesture}`);
    const later = new Set(this.events.slice(seq).map(gestureOf));
    const first = this.events.slice(0, seq).findIndex((event) => {
      const gesture = gestureOf(event);
      return gesture !== null && later.has(gesture);
    });
    return first === -1 ? null : first + 1;
  }

  async #snapshot(): Promise<ModelState> {
    await withNamedChunks(this.#state, this.#contents, () => {});
    for (const [name, bytes] of this.#contents.fresh) assert.equal(chunkName(bytes), name);
    const all = [...this.#state.datablocks.values()];
    return {
      digest: sessionDigest(new Map(all.map((datablock) => [datablock.id, datablockDigest(datablock)]))),
      datablocks: new Map(all.map((datablock) => [datablock.id, datablockToJson(datablock)])),
    };
  }
}
