import assert from 'node:assert/strict';
import { type AppliedEvent, SessionClient } from '@sceneport/client';
import {
  copyDatablock,
  type Datablock,
  type DatablockId,
  isRefusal,
  type UserNumber,
  type Written,
} from '@sceneport/protocol';
import type { Cleanup } from '../../harness/temporary-folder.ts';
import { ownerOfPath } from './own-paths.ts';

/** All datablocks of the session at one moment. */
export type Snapshot = ReadonlyMap<DatablockId, Datablock>;

/** Somebody in the session who changes nothing and remembers who wrote and who removed what. */
export class Witness {
  readonly #session: SessionClient;
  readonly #users: readonly UserNumber[];
  readonly #removers = new Map<string, UserNumber>();
  readonly #offences: string[] = [];
  #before: Snapshot;

  constructor(session: SessionClient, users: readonly UserNumber[]) {
    this.#session = session;
    this.#users = users;
    this.#before = this.snapshot();
    session.on('event', (event) => this.#watch(event));
  }

  /** Joins the session; `users` are the numbers of those who edit, in the order of their properties. */
  static async join(t: Cleanup, invite: string, users: readonly UserNumber[]): Promise<Witness> {
    const session = await SessionClient.connect({
      target: invite,
      user: 'witness',
      colour: [1, 1, 1],
      blender: null,
      client: { name: 'fuzz', version: '0' },
    });
    t.after(() => session.leave());
    return new Witness(session, users);
  }

  /** A copy of what the session holds now. */
  snapshot(): Snapshot {
    const { datablocks } = this.#session.confirmed;
    return new Map(Array.from(datablocks, ([id, datablock]) => [id, copyDatablock(datablock)]));
  }

  /** What the session holds, values with author and event, for people. */
  describe(): string {
    const said = ({ author, seq }: Written): string => `by ${author} in ${seq}`;
    const lines = Array.from(this.snapshot().values(), ({ id, type, name, named, properties }) => {
      const values = Array.from(properties, ([path, property]) => {
        return `${path} = ${JSON.stringify(property.value)} ${said(property)}`;
      });
      return `${id} ${type} “${name}” ${said(named)}: ${values.sort().join('; ')}`;
    });
    return lines.join('\n');
  }

  /** Waits for an event. */
  async waitFor(seq: number): Promise<void> {
    while (this.#session.confirmed.seq < seq) {
      await new Promise<void>((resolve) => {
        const end = this.#session.on('event', () => {
          end();
          resolve();
        });
      });
    }
  }

  /** The digest of the session; asserts that the server has the same. */
  async digest(): Promise<{ seq: number; hex: string }> {
    assert.deepEqual(await this.#session.repair(), [], 'the server holds something else');
    const digest = await this.#session.digest();
    assert.ok(!isRefusal(digest), JSON.stringify(digest));
    return digest;
  }

  /** Asserts that nobody has written what only another user ever writes. */
  assertNoOffence(): void {
    assert.deepEqual(this.#offences, []);
  }

  /** Asserts that, since `before`, `user` has changed nothing that another had written or removed last. */
  assertOnlyOwn(before: Snapshot, user: UserNumber): void {
    const foreign: string[] = [];
    const after = this.#session.confirmed.datablocks;
    for (const id of new Set([...before.keys(), ...after.keys()])) {
      const changed = changedPlaces(before.get(id), after.get(id));
      for (const { place, author } of changed) {
        const remover = author ?? this.#removers.get(`${id} ${place}`) ?? user;
        if (remover !== user)
          foreign.push(`${titleOf(before.get(id) ?? after.get(id))} ${place} of user ${remover}`);
      }
    }
    assert.deepEqual(foreign, [], `an undo of user ${user} changed what is another's`);
  }

  #watch({ author, operations, touched, seq }: AppliedEvent): void {
    const { datablocks } = this.#session.confirmed;
    for (const operation of operations) {
      if (operation.op !== 'set') continue;
      for (const path of [...Object.keys(operation.set), ...operation.unset]) {
        const owner = ownerOfPath(path);
        const was = this.#before.get(operation.id)?.properties.get(path);
        if (owner === null || was === undefined || this.#users[owner] === author) continue;
        if (was.author === author) continue;
        const what = JSON.stringify([was.value, operation.set[path] ?? null]);
        this.#offences.push(
          `event ${seq}: user ${author} wrote ${path} of ${operation.id} of user ${was.author}: ${what}`,
        );
      }
    }
    const before = new Map(this.#before);
    for (const id of touched) {
      const now = datablocks.get(id);
      for (const { place } of changedPlaces(before.get(id), now))
        this.#removers.set(`${id} ${place}`, author);
      if (now === undefined) before.delete(id);
      else before.set(id, copyDatablock(now));
    }
    this.#before = before;
  }
}

/** A place of a datablock that was written or removed, and who had written it before; null: it was not there. */
interface ChangedPlace {
  readonly place: string;
  readonly author: UserNumber | null;
}

function changedPlaces(before: Datablock | undefined, after: Datablock | undefined): ChangedPlace[] {
  const were = placesOf(before);
  const are = placesOf(after);
  const changed: ChangedPlace[] = [];
  for (const place of new Set([...were.keys(), ...are.keys()])) {
    if (were.get(place)?.seq !== are.get(place)?.seq)
      changed.push({ place, author: were.get(place)?.author ?? null });
  }
  return changed;
}

function placesOf(datablock: Datablock | undefined): Map<string, { seq: number; author: UserNumber }> {
  const places = new Map<string, { seq: number; author: UserNumber }>();
  if (datablock === undefined) return places;
  places.set(':created', datablock.created).set(':name', datablock.named);
  for (const [path, property] of datablock.properties) places.set(path, property);
  for (const [name, group] of datablock.groups) {
    places.set(`%${name}`, group);
    for (const [path, array] of group.arrays) places.set(`%${name}/${path}`, array);
  }
  return places;
}

function titleOf(datablock: Datablock | undefined): string {
  return `${datablock?.type} “${datablock?.name}”`;
}
