import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { utf8 } from './bytes.ts';
import { ColourSchema, RoleSchema } from './header-schemas.ts';
import { parseJson } from './json.ts';

const RosterUser = Type.Object(
  {
    number: Type.Integer({ minimum: 1, maximum: 0xffffffff }),
    name: Type.String({ maxLength: 512 }),
    colour: ColourSchema,
    role: RoleSchema,
    /** Milliseconds, null before the first answer. */
    rttMs: Type.Union([Type.Null(), Type.Number({ minimum: 0 })]),
    /** How the user is connected: `tls`, `websocket`, through a `relay`, or as an old client: `multi-user`. */
    way: Type.String({ maxLength: 32 }),
    joinedMs: Type.Number({ minimum: 0 }),
    /** False while the connection is lost and locks are kept (A3). */
    connected: Type.Boolean(),
  },
  { additionalProperties: false },
);
const check = Compile(Type.Array(RosterUser, { maxItems: 4096 }));

/** A role in a session (A1). */
export type Role = Static<typeof RoleSchema>;
/** One user of the roster (U1). */
export type RosterUser = Static<typeof RosterUser>;

/** The payload of a `roster` frame. */
export function encodeRoster(users: readonly RosterUser[]): Uint8Array {
  return utf8(JSON.stringify(users));
}

/** The users in a payload, or null when it is not sound. */
export function decodeRoster(payload: Uint8Array): RosterUser[] | null {
  const json: unknown = parseJson(payload);
  return check.Check(json) ? json : null;
}
