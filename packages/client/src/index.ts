/** `@sceneport/client`: a session of Sceneport in Node and in browsers. */
export { type ByteRange, diffRanges } from './byte-ranges.ts';
export type {
  AppliedEvent,
  ClientEvents,
  ClientState,
  Notice,
  Presence,
  Progress,
  ResetEvent,
  SettledEvent,
  Stage,
} from './client-events.ts';
export type {
  ChunkStore,
  ClientStore,
  MovedServer,
  Outbox,
  OutboxEntry,
  Resume,
  StoredReplica,
} from './client-store.ts';
export { type Clock, systemClock } from './clock.ts';
export { type ArrayContent, CommitBuilder, type GroupVersion } from './commit-builder.ts';
export type { ConnectOptions } from './connect-options.ts';
export { memoryChunks, memoryStore } from './memory-store.ts';
export { PROVISIONAL_SEQ } from './replica/overlay.ts';
export { type Me, SessionClient } from './session-client.ts';
export type { HistoryPage, SessionHistory } from './session-history.ts';
export type { InviteTerms, ListedInvite, MadeInvite, SessionInvites } from './session-invites.ts';
export type { CommitOptions, OverwrittenPlace, RefusedPart, Settlement } from './settlement.ts';
export { platformTransport } from './transport/platform-transport.ts';
export { plainIPv4, punchAddress, punchPort, punchThrough } from './transport/punch.ts';
export { keyShownBy } from './transport/shown-key.ts';
export { tlsTransport } from './transport/tls-transport.ts';
export type { Peer, PeerCheck, Transport, Wire, WireHandler } from './transport/transport.ts';
export { type WebSocketOptions, webSocketTransport } from './transport/websocket-transport.ts';
