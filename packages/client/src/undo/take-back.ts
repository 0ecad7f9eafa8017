import {
  type ArrayGroup,
  type Datablock,
  type DatablockId,
  isBelow,
  isRefusal,
  type Refusal,
  type SessionState,
  type UserNumber,
} from '@sceneport/protocol';
import type { ArrayContent, CommitBuilder } from '../commit-builder.ts';
import { readArrayContent } from '../replica/array-content.ts';
import type { FetchChunk } from '../replica/read-event.ts';
import type { Touched } from './own-gestures.ts';

/** What taking back works on. */
export interface TakingBack {
  readonly state: SessionState;
  /** A datablock as the user sees it. */
  readonly view: (id: DatablockId) => Datablock | undefined;
  readonly me: UserNumber;
  readonly fetch: FetchChunk;
}

/**
 * Adds what puts back the values that were there before a gesture, only where this user is still the last writer (C10).
 * The first refusal when content of arrays cannot be had.
 */
export async function takeBack(
  touched: readonly Touched[],
  context: TakingBack,
  builder: CommitBuilder,
): Promise<Refusal | null> {
  for (const place of touched) {
    const refused = await takeBackPlace(place, context, builder);
    if (refused !== null) return refused;
  }
  return null;
}

async function takeBackPlace(
  place: Touched,
  context: TakingBack,
  builder: CommitBuilder,
): Promise<Refusal | null> {
  const { id } = place;
  const now = context.view(id);
  const { me, state } = context;
  if (place.kind === 'deleted') {
    if (now !== undefined || state.removed.get(id)?.author !== me) return null;
    return restore(place.datablock, context, builder);
  }
  if (now === undefined) return null;
  switch (place.kind) {
    case 'created':
      if (isAllBy(now, me)) builder.add({ op: 'delete', id });
      return null;
    case 'name':
      if (now.named.author === me) builder.add({ op: 'rename', id, name: place.name });
      return null;
    case 'property': {
      const { path, value } = place;
      const written = [...now.properties].filter(([other]) => other === path || isBelow(other, path));
      if (written.some(([, { author }]) => author !== me)) return null;
      if (value !== undefined) builder.add({ op: 'set', id, set: { [path]: value }, unset: [] });
      else if (written.length > 0) builder.add({ op: 'set', id, set: {}, unset: [path] });
      return null;
    }
    case 'group': {
      const present = now.groups.get(place.group);
      if (present !== undefined && !isGroupBy(present, me)) return null;
      return restoreGroup(id, place.group, place.before, present?.version ?? 0, context, builder);
    }
  }
}

/** Makes a deleted datablock again as it was (C6). */
async function restore(
  datablock: Datablock,
  context: TakingBack,
  builder: CommitBuilder,
): Promise<Refusal | null> {
  const { id, type, name, properties, groups } = datablock;
  const set = Object.fromEntries(Array.from(properties, ([path, { value }]) => [path, value]));
  builder.add({ op: 'create', id, type, name, set });
  for (const [group, before] of groups) {
    const refused = await restoreGroup(id, group, before, 0, context, builder);
    if (refused !== null) return refused;
  }
  return null;
}

async function restoreGroup(
  id: DatablockId,
  group: string,
  before: ArrayGroup | undefined,
  from: number,
  { fetch }: TakingBack,
  builder: CommitBuilder,
): Promise<Refusal | null> {
  const contents: ArrayContent[] = [];
  for (const [path, array] of before?.arrays ?? []) {
    const bytes = await readArrayContent(array, fetch);
    if (isRefusal(bytes)) return bytes;
    contents.push({ path, dtype: array.dtype, shape: array.shape, bytes });
  }
  const place = { id, group, from };
  if (before === undefined || before.version !== from) await builder.putGroup(place, contents);
  else for (const content of contents) await builder.putArray(place, content);
  return null;
}

function isGroupBy({ author, arrays }: ArrayGroup, me: UserNumber): boolean {
  return author === me && [...arrays.values()].every((array) => array.author === me);
}

function isAllBy({ named, created, properties, groups }: Datablock, me: UserNumber): boolean {
  return (
    named.author === me &&
    created.author === me &&
    [...properties.values()].every(({ author }) => author === me) &&
    [...groups.values()].every((group) => isGroupBy(group, me))
  );
}
