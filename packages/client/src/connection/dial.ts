import { type Header, isRefusal, type Refusal, refusal } from '@sceneport/protocol';
import type { ClientStore, Resume } from '../client-store.ts';
import type { Clock } from '../clock.ts';
import type { ConnectOptions } from '../connect-options.ts';
import type { HeldReplica } from '../replica/replica.ts';
import type { Transport, Wire } from '../transport/transport.ts';
import { Connection } from './connection.ts';
import { type Credential, type Introduction, shakeHands } from './handshake.ts';
import { isFinal } from './lasting.ts';
import { followMove } from './moved.ts';
import { reach } from './reach.ts';
import type { Target } from './target.ts';

/** A connection that the server has let in. */
export interface Entrance {
  readonly connection: Connection;
  readonly welcome: Header<'welcome'>;
  /** What the server was asked for on the way in. */
  readonly asked: Header<'sync'>;
  /** The code that counts from now on, where the server has another key than the one that was known (T2). */
  readonly newCode: string | null;
}

/** Who the client was, what it holds of the session (H6), and what to ask for (S4, S7). */
export interface ResumePoint {
  readonly resume: Resume | null;
  readonly replica: HeldReplica | null;
  readonly sync: Header<'sync'>;
}

/** What it takes to enter. */
export interface Dialling {
  readonly options: ConnectOptions;
  readonly target: Target;
  readonly store: ClientStore;
  readonly transport: Transport;
  readonly clock: Clock;
}

/**
 * Enters the session: as the same user where that was one before (H6), else with what the caller has: admin password,
 * invite, session password, or nothing (H8). `firstWire`: the way to take first.
 */
export async function dial(
  dialling: Dialling,
  { resume, ...held }: ResumePoint,
  firstWire: Promise<Wire | Refusal> = reach(dialling),
): Promise<Entrance | Refusal> {
  if (resume === null) return enter(dialling, held, firstWire, (wire) => ownCredential(dialling, wire));
  const { secret } = resume;
  const entered = await enter(dialling, held, firstWire, () => ({ kind: 'resume', secret }));
  if (!isRefusal(entered) || !isFinal(entered.code) || entered.code === 'banned') return entered;
  return enter(dialling, held, reach(dialling), (wire) => ownCredential(dialling, wire));
}

async function enter(
  { options, target, store, clock }: Dialling,
  { replica, sync }: Omit<ResumePoint, 'resume'>,
  reached: Promise<Wire | Refusal>,
  credentialFor: (wire: Wire) => Credential | Refusal,
): Promise<Entrance | Refusal> {
  const wire = await reached;
  if (isRefusal(wire)) return wire;
  const credential = credentialFor(wire);
  if (isRefusal(credential)) {
    wire.close();
    return credential;
  }
  const connection = new Connection(wire, clock);
  const { user, colour, blender, client } = options;
  const introduction: Introduction = {
    session: target.session,
    user,
    colour: [...colour],
    blender,
    client: { ...client },
    ...(replica === null ? {} : { replica }),
  };
  const welcome = await shakeHands(connection, introduction, credential, sync);
  if (isRefusal(welcome)) return hangUp(connection, welcome);
  const newCode = await followMove(welcome, wire.peer, target, store);
  if (isRefusal(newCode)) return hangUp(connection, newCode);
  return { connection, welcome, asked: sync, newCode };
}

function hangUp(connection: Connection, reason: Refusal): Refusal {
  connection.bye(reason);
  return reason;
}

function ownCredential({ options, target }: Dialling, wire: Wire): Credential | Refusal {
  const { adminPassword, password } = options;
  if (adminPassword === undefined && target.token !== null) return { kind: 'token', token: target.token };
  const secret = adminPassword ?? password;
  if (secret === undefined) return { kind: 'open' };
  const code = wire.peer.code ?? target.code;
  if (code === null) return refusal('unknown-server', 'A password needs the code of the server here.');
  return {
    kind: 'password',
    account: adminPassword === undefined ? 'session' : 'admin',
    password: secret,
    code,
  };
}
