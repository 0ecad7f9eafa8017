import {
  type Address,
  formatInvite,
  isRefusal,
  parseInvite,
  type Refusal,
  type Role,
  refusal,
} from '@sceneport/protocol';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Target } from './connection/target.ts';
import type { Requests } from './requests.ts';

/** What an invite is made with. */
export interface InviteTerms {
  /** What those who come with it may do; without it they are editors. */
  readonly role?: Role;
  /** For how long it lets people in; null or nothing: for ever. */
  readonly validMs?: number | null;
  /** How many times; null or nothing: any number of times. */
  readonly maxUses?: number | null;
}

const TimeOrNull = Type.Union([Type.Null(), Type.Number({ minimum: 0 })]);
const CountOrNull = Type.Union([Type.Null(), Type.Integer({ minimum: 0 })]);
const RoleName = Type.Unsafe<Role>(Type.Enum(['viewer', 'editor', 'admin']));

const MadeInvite = Type.Object({
  id: Type.String({ maxLength: 64 }),
  role: RoleName,
  expiresMs: TimeOrNull,
  maxUses: CountOrNull,
  link: Type.String({ maxLength: 8192 }),
});
/** A new invite. Its link is told this once. */
export type MadeInvite = Static<typeof MadeInvite>;
const checkMade = Compile(MadeInvite);

const ListedInvite = Type.Object({
  id: Type.String({ maxLength: 64 }),
  role: RoleName,
  createdMs: Type.Number({ minimum: 0 }),
  /** When it ends, ms since 1970, or null: never. */
  expiresMs: TimeOrNull,
  /** How often it may be used, or null: any number of times. */
  maxUses: CountOrNull,
  uses: Type.Integer({ minimum: 0 }),
});
/** An invite that was made and not taken back. */
export type ListedInvite = Static<typeof ListedInvite>;
const checkList = Compile(Type.Array(ListedInvite, { maxItems: 100_000 }));

/** The invites of a session (I2). For admins; others are refused `not-allowed`. */
export class SessionInvites {
  /** By what this client knows the server to be reached: the arguments of the command `invite` that name it. */
  readonly places: Readonly<Record<string, string>>;
  readonly #requests: Requests;

  constructor(requests: Requests, target: Target) {
    this.#requests = requests;
    const host = joined(target.addresses);
    this.places = target.relays.length === 0 ? { host } : { host, relay: joined(target.relays) };
  }

  /** Makes an invite. It names by what the server knows to be reached, and by what this client has reached it. */
  async make({ role, validMs, maxUses }: InviteTerms = {}): Promise<MadeInvite | Refusal> {
    const made = await this.#requests.command('invite', {
      ...this.places,
      ...(role === undefined ? {} : { role }),
      ...(validMs == null ? {} : { validMs }),
      ...(maxUses == null ? {} : { maxUses }),
    });
    if (isRefusal(made)) return made;
    const invite = checkMade.Check(made) ? parseInvite(made.link) : unsound();
    // Written anew: what goes to the clipboard, and from there anywhere, has no line and no sign in it but those of a link.
    return isRefusal(invite) ? unsound() : { ...(made as MadeInvite), link: formatInvite(invite) };
  }

  /** All that were made and not taken back, also those that have ended. */
  async list(): Promise<readonly ListedInvite[] | Refusal> {
    const list = await this.#requests.command('invites', {});
    if (isRefusal(list)) return list;
    return checkList.Check(list) ? list : unsound();
  }

  /** Takes an invite back: nobody else comes in with it. Null when that is done. */
  async revoke(id: string): Promise<Refusal | null> {
    const outcome = await this.#requests.command('revoke', { id });
    return isRefusal(outcome) ? outcome : null;
  }
}

/** With the port also where it is the default one of clients: that of the server may be another. */
function joined(addresses: readonly Address[]): string {
  return addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
}

function unsound(): Refusal {
  return refusal('bad-frame', 'An answer about invites broke a rule: it does not read.');
}
