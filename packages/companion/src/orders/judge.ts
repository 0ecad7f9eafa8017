import { referenceOf, type Value } from '@sceneport/protocol';
import type { Knowledge } from '../edits/editor.ts';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { toHandles } from '../names/translate.ts';
import { arraysText } from './array-difference.ts';
import { EXISTS, NAME } from './difference.ts';
import type { OrderDraft } from './order-draft.ts';
import type { Aspect } from './standing.ts';

/** Notes what the places of an order have become (O5), those that it `missed` too unless it was `interrupted`; returns those that are given up. */
export function judge(
  { mirror, standing }: Knowledge,
  draft: OrderDraft,
  missed: ReadonlySet<Aspect>,
  interrupted: boolean,
): Aspect[] {
  const datablock = mirror.get(draft.id);
  const givenUp: Aspect[] = [];
  for (const [aspect, wanted] of draft.aspects) {
    if (datablock === undefined ? aspect !== EXISTS : isAway(datablock, aspect)) continue;
    const shown = datablock === undefined ? false : shownAt(datablock, aspect);
    if (interrupted && missed.has(aspect)) continue;
    const outcome = missed.has(aspect) ? 'refused' : isLost(wanted, shown) ? 'lost' : 'made';
    if (standing.note(draft.id, aspect, wanted, shown, outcome)) givenUp.push(aspect);
  }
  return givenUp;
}

/** True where nothing stands in the place of a reference. */
function isLost(wanted: unknown, shown: unknown): boolean {
  return shown === null && referenceOf(wanted as Value) !== null;
}

/** True for a place of an item that Blender does not have: nothing stands there, and with the item it is ordered again. */
function isAway({ lists }: MirrorDatablock, aspect: Aspect): boolean {
  return toHandles(lists, '#&'.includes(aspect[0]!) ? aspect.slice(1) : aspect) === null;
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
