import { type Clock, type Logger, silentLogger, systemClock } from '@sceneport/server';

/** What a relay is started with. */
export interface RelayOptions {
  /** Its key is kept in this folder; it is made when it does not exist. */
  readonly dataFolder: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Address to listen on. */
  readonly bind: string;
  /** The codes of the hosts that may register; null: every host may. */
  readonly allowed: ReadonlySet<string> | null;
  readonly limits: RelayLimits;
  /** Lets `/metrics` be read from this machine. */
  readonly openMetrics: boolean;
  readonly log: Logger;
  readonly clock: Clock;
}

/** Bounds that whoever runs a relay may move (W5). */
export interface RelayLimits {
  /** Connections at once. */
  readonly connections: number;
  /** Connections at once from one address, legs of hosts not counted. */
  readonly connectionsPerAddress: number;
  /** New connections a minute from one address, legs of hosts not counted. */
  readonly newPerMinute: number;
  /** Hosts registered at once, of which one address has at most half. */
  readonly hosts: number;
  /** Joiners of one host at once, of whom one address has at most half. */
  readonly joinersPerHost: number;
  /** Bytes a second for one host, both ways together, on average. */
  readonly bytesPerSecond: number;
}

export const DEFAULT_RELAY_LIMITS: RelayLimits = {
  connections: 16_384,
  connectionsPerAddress: 256,
  newPerMinute: 600,
  hosts: 4096,
  joinersPerHost: 128,
  bytesPerSecond: 64 * 1024 * 1024,
};

export const DEFAULT_RELAY_OPTIONS: Omit<RelayOptions, 'dataFolder'> = {
  port: 5555,
  bind: '::',
  allowed: null,
  limits: DEFAULT_RELAY_LIMITS,
  openMetrics: false,
  log: silentLogger,
  clock: systemClock,
};
