import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placesFor } from '../src/names/places.ts';

test('[N2] an item whose place is not above the one before it is given another, and all others keep theirs', () => {
  for (const places of [
    ['a1', 'a1', 'a2'],
    ['a3', 'a1', 'a4'],
  ]) {
    const order = ['first', 'second', 'third'];
    const kept = new Map(order.map((key, index) => [key, places[index]!]));
    const written = placesFor(order, kept);
    assert.deepEqual([...written.keys()], ['second']);
    const sorted = order.toSorted((a, b) => {
      const [placeA, placeB] = [a, b].map((key) => written.get(key) ?? kept.get(key)!);
      return placeA! < placeB! ? -1 : 1;
    });
    assert.deepEqual(sorted, order);
  }
});
