import { toHex } from './bytes.ts';

declare const brand: unique symbol;
type Branded<Base, Name> = Base & { readonly [brand]: Name };

/** The id of a datablock: uuid4 as 32 lower-case hexadecimal digits (M2). */
export type DatablockId = Branded<string, 'DatablockId'>;

/** The key of an item of a collection (M4): 16 hexadecimal digits, or the id of the datablock that is the member. */
export type ItemKey = Branded<string, 'ItemKey'>;

/** The name of a chunk: SHA-256 of its bytes as 64 lower-case hexadecimal digits (M6). */
export type ChunkName = Branded<string, 'ChunkName'>;

/** The number of a user in a session, 1 or more; 0 is the server. */
export type UserNumber = number;

/** `text` as a datablock's id, or null when it is none. */
export function parseDatablockId(text: unknown): DatablockId | null {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text) ? (text as DatablockId) : null;
}

/** `text` as an item's key, or null when it is none. */
export function parseItemKey(text: unknown): ItemKey | null {
  return typeof text === 'string' && /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(text) ? (text as ItemKey) : null;
}

/** `text` as a chunk's name, or null when it is none. */
export function parseChunkName(text: unknown): ChunkName | null {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text) ? (text as ChunkName) : null;
}

/** `count` random bytes from the platform's cryptographic source. */
export function randomBytes(count: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(count));
}

/** A new datablock id (uuid4: version and variant bits set as RFC 9562 §5.4 says). */
export function newDatablockId(): DatablockId {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return toHex(bytes) as DatablockId;
}

/** A new item key: 16 random hexadecimal digits (M4). */
export function newItemKey(): ItemKey {
  return toHex(randomBytes(8)) as ItemKey;
}
