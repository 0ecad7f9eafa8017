import type { Address, Role } from '@sceneport/protocol';
import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { type Logger, silentLogger } from './logger.ts';

/** By what a server is reached. */
export interface ReachedBy {
  readonly addresses: readonly Address[];
  readonly relays: readonly Address[];
}

/** What a server is started with. */
export interface ServerOptions {
  /** Everything that is kept lives in this folder; it is made when it does not exist. */
  readonly dataFolder: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Address to listen on, or `unix:/path`, which only a proxy can use (T1). */
  readonly bind: string;
  /** `host` or `host:port` by which others reach the server: told with its present key to who knows an earlier one (T2). */
  readonly addresses: readonly string[];
  /** By what others reach the server, which listens on `port`, at present: for the invites that it makes. */
  readonly reachedBy: (port: number) => ReachedBy;
  /** Sessions that are made when they do not exist. */
  readonly sessions: readonly string[];
  readonly sessionPassword: string | null;
  readonly adminPassword: string | null;
  /** Lets everyone in without a login, in this role (H8); null: nobody. */
  readonly openRole: Role | null;
  /** A client silent for so long is lost (U3). */
  readonly timeoutMs: number;
  /** Locks and name of a lost user are kept for so long (A3). */
  readonly lockGraceMs: number;
  /** The history is kept for so long (P4); 0: only what a start needs. */
  readonly historyDays: number;
  readonly limits: ServerLimits;
  /** Plain HTTP for a proxy on this machine, whose forwarded addresses are believed (T1). */
  readonly behindProxy: boolean;
  /** Lets `/metrics` be read without a login from this machine (T1). */
  readonly openMetrics: boolean;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Bounds that a host may move. */
export interface ServerLimits {
  /** Connections at once, logged in or not. */
  readonly connections: number;
  /** Commits of one connection, on average (F3). */
  readonly commitsPerSecond: number;
  /** Bytes that one connection may send, on average (F3). */
  readonly bytesPerSecond: number;
  /** Uploads of one user that no commit names yet, bytes (K4). */
  readonly unnamedBytes: number;
  /** Size of one session on disk, bytes (P3). */
  readonly sessionBytes: number;
  /** Events between two checkpoints (P4). */
  readonly checkpointEvents: number;
  /** Bytes of events between two checkpoints (P4). */
  readonly checkpointBytes: number;
}

/** The limits of a server whose host says nothing else. */
export const DEFAULT_LIMITS: ServerLimits = {
  connections: 4096,
  commitsPerSecond: 10_000,
  bytesPerSecond: 256 * 1024 * 1024,
  unnamedBytes: 2 * 1024 * 1024 * 1024,
  sessionBytes: 64 * 1024 * 1024 * 1024,
  checkpointEvents: 2000,
  checkpointBytes: 16 * 1024 * 1024,
};

/** The options of a server whose host says no more than where its data lies. */
export const DEFAULT_OPTIONS: Omit<ServerOptions, 'dataFolder'> = {
  port: 5555,
  bind: '::',
  addresses: [],
  reachedBy: () => ({ addresses: [], relays: [] }),
  sessions: ['main'],
  sessionPassword: null,
  adminPassword: null,
  openRole: null,
  timeoutMs: 5000,
  lockGraceMs: 60_000,
  historyDays: 30,
  limits: DEFAULT_LIMITS,
  behindProxy: false,
  openMetrics: false,
  log: silentLogger,
  clock: systemClock,
};
