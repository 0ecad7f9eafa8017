import type { LineProcess } from './line-process.ts';

/** A running server of one side, and how to get clients of it. */
export interface BenchServer {
  readonly pid: number;
  /** What clients connect to. */
  readonly port: number;
  /** Starts a client process and tells it where to connect; the clock of `join` starts then. */
  client(name: string, options?: { readonly isFirst?: boolean }): Promise<LineProcess>;
  /** Ends the server and every client made. */
  stop(): Promise<void>;
}

/** Where processes run: on this machine as it is, or in the two namespaces of a wire. */
export interface Place {
  /** The address that clients reach the server at. */
  readonly serverAddress: string;
  readonly nearPrefix: readonly string[];
  readonly farPrefix: readonly string[];
}

/** Server and clients side by side on loopback. */
export const LOOPBACK: Place = { serverAddress: '127.0.0.1', nearPrefix: [], farPrefix: [] };

/** One of the two systems that are compared. */
export interface Side {
  readonly name: 'old' | 'sceneport';
  start(place: Place): Promise<BenchServer>;
}
