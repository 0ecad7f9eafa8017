import type { Knowledge } from '../edits/editor.ts';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { type Failures, hasFailed } from '../mirror/take-order.ts';
import { toHandles } from '../names/translate.ts';
import { arraysText } from './array-difference.ts';
import { EXISTS, NAME } from './difference.ts';
import type { OrderDraft } from './order-draft.ts';
import type { Aspect } from './standing.ts';

/** Notes what the places of an order have become (O5); returns those that are given up. */
export function judge({ mirror, standing }: Knowledge, draft: OrderDraft, failures: Failures): Aspect[] {
  const datablock = mirror.get(draft.id);
  const givenUp: Aspect[] = [];
  for (const [aspect, wanted] of draft.aspects) {
    if (datablock === undefined && aspect !== EXISTS) continue;
    const refused =
      hasFailed(failures, draft.id, '') ||
      (datablock !== undefined && hasFailed(failures, draft.id, placeOf(datablock, aspect)));
    const shown = datablock === undefined ? false : shownAt(datablock, aspect);
    if (standing.note(draft.id, aspect, wanted, shown, refused)) givenUp.push(aspect);
  }
  return givenUp;
}

/** What Blender shows at a place, in the form in which it is ordered. */
function shownAt(datablock: MirrorDatablock, aspect: Aspect): unknown {
  const place = aspect.slice(1);
  if (aspect === EXISTS) return true;
  if (aspect === NAME) return datablock.name;
  if (aspect.startsWith('#')) return datablock.lists.get(place)?.keys ?? [];
  if (aspect.startsWith('&')) return [...(datablock.sets.get(place) ?? [])].sort();
  if (aspect.startsWith('%')) return arraysText(datablock.groups.get(place)?.arrays);
  return datablock.properties.get(aspect) ?? null;
}

/** The path with handles by which the add-on calls a place. */
function placeOf(datablock: MirrorDatablock, aspect: Aspect): string {
  const isMarked = '#&%:'.includes(aspect[0]!);
  return toHandles(datablock.lists, isMarked ? aspect.slice(1) : aspect) ?? aspect;
}
