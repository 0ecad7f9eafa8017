import { type Operation, randomBytes, toHex } from '@sceneport/protocol';

/** Changes of the same places within this time are one gesture (C9). */
const GESTURE_GAP_MS = 500;

/** The gestures of this many places are remembered. */
const MOST_PLACES = 100_000;

/** Gives the commits of one drag, slider or stroke the same gesture, and remembers which wrote a place last. */
export class Gestures {
  #places = new Set<string>();
  #id = '';
  #lastMs = Number.NEGATIVE_INFINITY;
  readonly #writers = new Map<string, string>();

  /** The gesture of a commit at `nowMs`: the last one when it only goes on with its places, else a new one. */
  of(places: ReadonlySet<string>, nowMs: number): string {
    const goesOn =
      nowMs - this.#lastMs <= GESTURE_GAP_MS && [...places].every((place) => this.#places.has(place));
    this.#lastMs = nowMs;
    if (!goesOn) {
      this.#places = new Set(places);
      this.#id = toHex(randomBytes(8));
    }
    this.#remember(places);
    return this.#id;
  }

  /** The gesture that wrote all these places last, or undefined when it is not one (C10). What follows is another one. */
  takenBack(places: ReadonlySet<string>): string | undefined {
    this.#lastMs = Number.NEGATIVE_INFINITY;
    const writers = new Set([...places].map((place) => this.#writers.get(place)));
    return writers.size === 1 ? [...writers][0] : undefined;
  }

  #remember(places: ReadonlySet<string>): void {
    for (const place of places) {
      this.#writers.delete(place);
      this.#writers.set(place, this.#id);
    }
    for (const oldest of this.#writers.keys()) {
      if (this.#writers.size <= MOST_PLACES) return;
      this.#writers.delete(oldest);
    }
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
    else if (operation.op === 'create' || operation.op === 'delete') places.add(`${operation.id}:exists`);
    else places.add(`${operation.id}:${operation.op}`);
  }
  return places;
}
