import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newDatablockId, type UserNumber } from '@sceneport/protocol';
import type { Knowledge } from '../src/edits/editor.ts';
import { Mirror } from '../src/mirror/mirror.ts';
import { bareDatablock } from '../src/mirror/mirror-datablock.ts';
import { Graveyard } from '../src/names/graveyard.ts';
import { judge } from '../src/orders/judge.ts';
import { emptyDraft } from '../src/orders/order-draft.ts';
import { Standing } from '../src/orders/standing.ts';
import { Deletions } from '../src/undo/deletions.ts';
import { Removals } from '../src/undo/removals.ts';
import { RemovedItems } from '../src/undo/removed-items.ts';

function knowNothing(): Knowledge {
  const me = 1 as UserNumber;
  return {
    mirror: new Mirror(),
    standing: new Standing(),
    graveyard: new Graveyard(),
    removals: new Removals(),
    deletions: new Deletions(me),
    removedItems: new RemovedItems(me),
  };
}

test('[O5] nothing stands for what was ordered of an item that Blender did not make: it is ordered with the item again', () => {
  const knowledge = knowNothing();
  const { mirror, standing } = knowledge;
  const draft = emptyDraft(newDatablockId());
  mirror.put(bareDatablock(draft.id, 'Material', 'Material'));
  const ofItem = 'node_tree/nodes/@0123456789abcdef/name';
  draft.aspects.set(ofItem, 'Output').set('roughness', 2);
  assert.deepEqual(judge(knowledge, draft, new Set(), false), []);
  assert.equal(standing.stands(draft.id, ofItem, 'Output', null), false);
  assert.equal(standing.stands(draft.id, 'roughness', 2, null), true);
});

test('[O5] nothing in the place of a reference is ordered again before it stands', () => {
  const knowledge = knowNothing();
  const { mirror, standing } = knowledge;
  const draft = emptyDraft(newDatablockId());
  const reference = { ref: newDatablockId() };
  mirror.put(bareDatablock(draft.id, 'Object', 'Object'));
  draft.aspects.set('parent', reference);
  for (const isStanding of [false, false, true]) {
    assert.deepEqual(judge(knowledge, draft, new Set(), false), []);
    assert.equal(standing.stands(draft.id, 'parent', reference, null), isStanding);
  }
});
