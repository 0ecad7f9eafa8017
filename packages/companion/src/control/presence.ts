import type { Presence } from '@sceneport/client';
import type { UserNumber } from '@sceneport/protocol';
import type { Down } from '../conversation/down.ts';
import type { Up } from '../conversation/up.ts';

/** Most ids of a selection that are told (U2). */
const MOST_SELECTED = 256;
const ROW = 4;

/** The presence of this user as the session has it: the matrix of the view row by row (J8). */
export function presenceUp({ view, selection, mode, scene, frame }: Up<'presence'>): Presence {
  return {
    ...(view == null ? {} : { view: view.flat() }),
    ...(selection === undefined ? {} : { selection: selection.slice(0, MOST_SELECTED) }),
    ...(mode === undefined ? {} : { mode }),
    ...(scene === undefined ? {} : { scene }),
    ...(frame === undefined ? {} : { frame }),
  };
}

/** The presence of another user as the add-on has it. */
export function presenceDown(user: UserNumber, { view, ...others }: Presence): Down {
  const rows = view === undefined ? {} : { view: rowsOf(view) };
  return { type: 'presence', user, ...others, ...rows };
}

function rowsOf(numbers: readonly number[]): number[][] {
  const rows: number[][] = [];
  for (let index = 0; index < numbers.length; index += ROW) rows.push(numbers.slice(index, index + ROW));
  return rows;
}
