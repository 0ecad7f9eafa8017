import type { ClientStore } from './client-store.ts';
import type { Clock } from './clock.ts';
import type { Transport } from './transport/transport.ts';

/** How to reach a session, and who wants in. */
export interface ConnectOptions {
  /** An invite link (I1), or `host[:port]`. */
  readonly target: string;
  /** Name of the session where the target is an address; default `main`. */
  readonly session?: string;
  /** The name others see. */
  readonly user: string;
  /** Red, green, blue, each from 0 to 1. */
  readonly colour: readonly [number, number, number];
  /** Major and minor version of the Blender behind this client, such as `3.4`, or null. */
  readonly blender: string | null;
  readonly client: { readonly name: string; readonly version: string };
  /** The session password. */
  readonly password?: string;
  /** The admin password; stronger than the password and the invite. */
  readonly adminPassword?: string;
  /** Without an invite: the code of the server that is accepted (H5). */
  readonly code?: string;
  /**
   * Without an invite and a code: asked when the server has not been seen before (`known` null) or has another code
   * than last time. Without it such a server is refused (H5).
   */
  readonly trust?: (code: string, known: string | null) => boolean | Promise<boolean>;
  /** What survives the process; default: nothing does. */
  readonly store?: ClientStore;
  /** Default: TLS in Node, WebSocket in browsers. */
  readonly transport?: Transport;
  readonly clock?: Clock;
}
