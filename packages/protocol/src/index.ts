/** `@sceneport/protocol`: what the bytes mean, and how the state of a session follows from events. No I/O. */
export {
  type ArrayState,
  arrayBytes,
  type ChunkSlot,
  chunkSize,
  type DirtyChunk,
  DTYPE_BYTES,
  type Dtype,
  foldPatches,
  isDirty,
  writeRange,
} from './array.ts';
export {
  compareBytes,
  concat,
  fromBase64,
  fromHex,
  fromUtf8,
  sameBytes,
  toBase32,
  toBase64,
  toHex,
  utf8,
} from './bytes.ts';
export {
  chunkCount,
  chunkName,
  cutIntoChunks,
  type PackedChunk,
  packChunk,
  rawChunk,
  unpackChunk,
} from './chunk.ts';
export { batchChunks, decodeChunks, decodeNames, encodeChunks, encodeNames } from './chunk-frame.ts';
export {
  arrayDataOf,
  chunkSizesNamedBy,
  chunksNamedBy,
  chunksOfDatablock,
  listChunksOf,
  loadLists,
} from './chunk-names.ts';
export { decompress, deflate, shuffle, unshuffle } from './codec.ts';
export { type CommitBody, decodeCommitBody, encodeCommitBody } from './commit.ts';
export {
  type ArrayGroup,
  copyDatablock,
  type Datablock,
  type Owner,
  type Property,
  type Written,
} from './datablock.ts';
export { type DatablockJson, datablockFromJson, datablockToJson } from './datablock-json.ts';
export { datablockDigest, digestForm, sessionDigest } from './digest.ts';
export { ERRORS, type ErrorCode, isRefusal, type Refusal, refusal, SceneportError } from './errors.ts';
export {
  CODEC,
  decodeFrame,
  encodeFrame,
  FRAME_HEAD_BYTES,
  type Frame,
  type FrameParts,
  PROTOCOL_VERSION,
  stampFrame,
} from './frame.ts';
export { LENGTH_BYTES, withLength } from './frame-memory.ts';
export { FrameStream } from './frame-stream.ts';
export {
  decodeMessage,
  encodeMessage,
  FRAME_TYPES,
  type FrameName,
  type Header,
  type Message,
  type MessageOf,
} from './frame-types.ts';
export { HEADER_SCHEMAS } from './header-schemas.ts';
export { decodeEntries, type HistoryEntry } from './history-entry.ts';
export { codeOfKey, isMovedBy, type Moved, movedStatement, serverNameOfCode } from './identity.ts';
export {
  type ChunkName,
  type DatablockId,
  type ItemKey,
  newDatablockId,
  newItemKey,
  parseChunkName,
  parseDatablockId,
  parseItemKey,
  randomBytes,
  type UserNumber,
} from './ids.ts';
export {
  type Address,
  DEFAULT_PORT,
  formatAddress,
  formatInvite,
  type Invite,
  isCode,
  parseAddress,
  parseInvite,
  readableCode,
} from './invite.ts';
export { isPublicIPv4, isSharedIPv4 } from './ipv4.ts';
export { type Json, parseJson } from './json.ts';
export { LIMITS } from './limits.ts';
export { cutManifest, ManifestReader, manifestText } from './manifest.ts';
export {
  type ArrayData,
  type ArrayForm,
  isOperation,
  OPERATION_SCHEMAS,
  type Operation,
  type OperationOf,
} from './operation.ts';
export {
  comparePaths,
  decodeSegment,
  encodeSegment,
  isBelow,
  isItemPath,
  isPath,
  itemPath,
  itemsAbove,
  type Path,
} from './path.ts';
export { pickOperations } from './pick-operations.ts';
export {
  encodeRelayMessage,
  LEG_LINE_BYTES,
  legLine,
  RELAY_ALPN,
  RELAY_MESSAGE_BYTES,
  type RelayHostMessage,
  type RelayMessage,
  readLegLine,
  readRelayHostMessage,
  readRelayMessage,
  relayStatement,
} from './relay-messages.ts';
export { decodeRoster, encodeRoster, type Role, type RosterUser } from './roster.ts';
export {
  checkProof,
  clientProof,
  makeVerifier,
  SCRAM_ITERATIONS,
  type ScramExchange,
  type ScramVerifier,
} from './scram.ts';
export { type Applied, type CommitContext, type Overwritten, SessionState } from './session-state.ts';
export { sha256, startSha256 } from './sha256.ts';
export {
  type DatablockDifference,
  decodeDifferences,
  differenceBetween,
  differencesText,
  type FindRemover,
  type PathDifference,
  sameArray,
} from './state-difference.ts';
export { isValue, mapItems, referenceOf, sameValue, type Value } from './value.ts';
