import { type Operation, randomBytes, toHex } from '@sceneport/protocol';

/** Changes of the same places within this time are one gesture (C9). */
const GESTURE_GAP_MS = 500;

/** Gives the commits of one drag, slider or stroke the same gesture. */
export class Gestures {
  #places = new Set<string>();
  #id = '';
  #lastMs = Number.NEGATIVE_INFINITY;

  /** The gesture of a commit at `nowMs`: the last one when it only goes on with its places, else a new one. */
  of(places: ReadonlySet<string>, nowMs: number): string {
    const goesOn =
      nowMs - this.#lastMs <= GESTURE_GAP_MS && [...places].every((place) => this.#places.has(place));
    this.#lastMs = nowMs;
    if (!goesOn) {
      this.#places = new Set(places);
      this.#id = toHex(randomBytes(8));
    }
    return this.#id;
  }
}

/** The places that operations write. */
export function placesOf(operations: readonly Operation[]): Set<string> {
  const places = new Set<string>();
  for (const operation of operations) {
    if (operation.op === 'set') {
      for (const path of [...Object.keys(operation.set), ...operation.unset])
        places.add(`${operation.id}/${path}`);
    } else if ('path' in operation) places.add(`${operation.id}/${operation.path}`);
    else if ('group' in operation) places.add(`${operation.id}:${operation.group}`);
    else places.add(`${operation.id}:${operation.op}`);
  }
  return places;
}
