/** Bounds of protocol 1. Those a client must know are announced in `welcome` (F3). */
export const LIMITS = {
  /** Largest frame, bytes, its 32-byte head included. */
  frameBytes: 256 * 1024,
  /** Largest JSON header of a frame, bytes. */
  headerBytes: 16 * 1024,
  /** Largest payload after inflating, bytes. */
  inflatedBytes: 1024 * 1024,
  /** Largest operations of one commit, bytes, when uploaded as chunks. */
  commitBytes: 64 * 1024 * 1024,
  /** Size of every chunk but the last of an array, bytes (M6). */
  chunkBytes: 64 * 1024,
  /** Arrays up to this size travel inside the commit, bytes (K5). */
  inlineArrayBytes: 4096,
  /** A descriptor of more chunks names a chunk that holds the list (K5). */
  listedChunks: 1024,
  /** Most chunks that all arrays put by one commit may have: 64 GiB of content. */
  chunksPerCommit: 1024 * 1024,
  /** Largest array, bytes. */
  arrayBytes: 2 * 1024 * 1024 * 1024,
  /** Longest path, bytes. */
  pathBytes: 1024,
  /** Most items that a path lies below or is: bounds the cost of looking for them. */
  pathItems: 8,
  /** Longest name of a datablock, a user or a session, bytes. */
  nameBytes: 256,
  /** Fewest and most iterations of a password's salting that a client agrees to (H3). */
  saltingIterations: [4096, 1_000_000],
  /** Longest string or base64 value, bytes. */
  stringBytes: 256 * 1024,
  /** Longest list inside a value. */
  listLength: 4096,
  /** Deepest nesting of lists inside a value. */
  valueDepth: 8,
  /** Deepest nesting of any JSON. */
  jsonDepth: 32,
  /** Most lists and objects in one JSON text: bounds the memory that parsing takes. */
  jsonContainers: 4 * 1024 * 1024,
  /** Most datablocks or paths that one refusal of a commit names; it counts them all. */
  refusedPlaces: 256,
  /** Largest value that a refusal shows, bytes of JSON. */
  shownValueBytes: 256,
  /** Most chunk names in one frame. */
  namesPerFrame: 4096,
  /** Most entries of the history in one answer. */
  historyEntries: 200,
  /** Patches kept over a chunk before they are folded into it. */
  patchesPerChunk: 64,
} as const;
