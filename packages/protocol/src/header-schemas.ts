import Type from 'typebox';
import { LIMITS } from './limits.ts';

const closed = { additionalProperties: false };
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const User = Type.Integer({ minimum: 0, maximum: 0xffffffff });
const Text = Type.String({ maxLength: 1024 });
const Name = Type.String({ minLength: 1, maxLength: LIMITS.nameBytes });
const Base64 = Type.String({ maxLength: 128 });
/** Bounded below, since few iterations would let a false server guess the password, and above for the client's time. */
const Iterations = Type.Integer({
  minimum: LIMITS.saltingIterations[0],
  maximum: LIMITS.saltingIterations[1],
});
const Hex32 = Type.String({ pattern: '^[0-9a-f]{32}$' });
const Empty = Type.Object({}, closed);
const Request = Type.Object({ request: Count }, closed);
const Channel = Type.Number({ minimum: 0, maximum: 1 });

export const RoleSchema = Type.Union([Type.Literal('viewer'), Type.Literal('editor'), Type.Literal('admin')]);
export const ColourSchema = Type.Tuple([Channel, Channel, Channel]);

/** How a client proves its right to enter (H3, H6, H8). */
export const Login = Type.Union([
  Type.Object({ kind: Type.Literal('token'), token: Type.String({ pattern: '^[a-z2-7]{26}$' }) }, closed),
  Type.Object(
    {
      kind: Type.Literal('password'),
      account: Type.Union([Type.Literal('session'), Type.Literal('admin')]),
      clientNonce: Base64,
    },
    closed,
  ),
  Type.Object({ kind: Type.Literal('resume'), secret: Base64 }, closed),
  Type.Object({ kind: Type.Literal('open') }, closed),
]);

/** The limits that a client is told (F3). */
export const AnnouncedLimits = Type.Object(
  { frameBytes: Count, inflatedBytes: Count, commitsPerSecond: Count, bytesPerSecond: Count },
  closed,
);

/** JSON headers of frames, by the name of the frame's type. */
export const HEADER_SCHEMAS = {
  hello: Type.Object(
    {
      session: Name,
      versions: Type.Tuple([Count, Count]),
      client: Type.Object({ name: Name, version: Name }, closed),
      /** Major.minor of the Blender behind the client, or null. */
      blender: Type.Union([Type.Null(), Type.String({ pattern: '^[0-9]{1,2}\\.[0-9]{1,2}$' })]),
      capabilities: Type.Array(Name, { maxItems: 32 }),
      user: Name,
      colour: ColourSchema,
      login: Login,
      /** What the client holds of the session: all up to `seq`, the last of it received in `epoch` (H6). */
      replica: Type.Optional(Type.Object({ epoch: Hex32, seq: Count }, closed)),
    },
    closed,
  ),
  challenge: Type.Object({ salt: Base64, iterations: Iterations, serverNonce: Base64 }, closed),
  proof: Type.Object({ proof: Base64 }, closed),
  welcome: Type.Object(
    {
      version: Count,
      user: Name,
      number: User,
      role: RoleSchema,
      session: Name,
      seq: Count,
      epoch: Hex32,
      resumeSecret: Base64,
      /** True when the replica of `hello` is the beginning of what is here: the client goes on from it. */
      resumed: Type.Boolean(),
      /** Blender of the first publisher (H7). */
      blender: Type.Union([Type.Null(), Type.String()]),
      server: Type.Object({ name: Name, version: Name }, closed),
      limits: AnnouncedLimits,
      lockGraceMs: Count,
      /** The last commit counter of this user that the server has accepted. */
      lastCounter: Count,
      serverSignature: Type.Optional(Base64),
      /** To who knows an earlier key: the present one, where the server is, and the earlier key's signature (T2). */
      moved: Type.Optional(
        Type.Object(
          {
            code: Type.String({ pattern: '^[a-z2-7]{52}$' }),
            addresses: Type.Array(Type.String({ maxLength: 300 }), { maxItems: 8 }),
            signature: Base64,
          },
          closed,
        ),
      ),
    },
    closed,
  ),
  refused: Type.Object(
    { code: Name, message: Text, retryAfterMs: Type.Optional(Count), details: Type.Optional(Type.Unknown()) },
    closed,
  ),
  bye: Type.Object({ code: Name, message: Text }, closed),
  /** `rttMs`: the last round-trip time that the server measured, null before the first. */
  ping: Type.Object({ number: Count, rttMs: Type.Union([Type.Null(), Type.Number({ minimum: 0 })]) }, closed),
  pong: Type.Object({ number: Count }, closed),
  commit: Type.Object(
    {
      counter: Count,
      base: Count,
      onlyIfUnwritten: Type.Optional(Type.Boolean()),
      gesture: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      takesBack: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
      publish: Type.Optional(Type.Boolean()),
      /** The event whose state this one brings back (P4). */
      restores: Type.Optional(Count),
      /** Present: the payload holds names of chunks whose contents, joined, are the body of this size. */
      bodyBytes: Type.Optional(Type.Integer({ minimum: 0, maximum: LIMITS.commitBytes })),
    },
    closed,
  ),
  ack: Type.Object(
    {
      counter: Count,
      seq: Count,
      /** [id, path, author, seq] of what another had written since `base`, at most 64 of `overwrittenCount` (C8). */
      overwritten: Type.Optional(
        Type.Array(Type.Tuple([Hex32, Type.String({ maxLength: LIMITS.pathBytes }), User, Count]), {
          maxItems: 64,
        }),
      ),
      overwrittenCount: Type.Optional(Count),
    },
    closed,
  ),
  reject: Type.Object({ counter: Count, code: Name, message: Text }, closed),
  have: Request,
  need: Request,
  want: Empty,
  missing: Empty,
  chunks: Type.Object(
    {
      items: Type.Array(
        Type.Tuple([
          Count,
          Type.Integer({ minimum: 0, maximum: 1 }),
          Type.Integer({ minimum: 1, maximum: 16 }),
        ]),
        { maxItems: 512 },
      ),
    },
    closed,
  ),
  sync: Type.Object(
    {
      /** The last event the client has applied; 0 asks for everything. */
      from: Count,
      /** Goes on with the manifest of this `seq` at `page`, when the server still has it (S4). */
      at: Type.Optional(Count),
      page: Type.Optional(Count),
      /** The epoch that `from` and `at` belong to: what does not go on from there gets everything (H6). */
      epoch: Type.Optional(Hex32),
    },
    closed,
  ),
  manifest: Type.Object(
    { at: Count, from: Count, page: Count, pages: Count, datablocks: Count, arrayBytes: Count },
    closed,
  ),
  stage: Type.Object(
    { by: Type.Union([Type.Null(), User]), datablocks: Count, bytes: Count, bytesDone: Count },
    closed,
  ),
  presence: Type.Object(
    {
      view: Type.Optional(Type.Array(Type.Number(), { maxItems: 64 })),
      selection: Type.Optional(Type.Array(Hex32, { maxItems: 256 })),
      mode: Type.Optional(Type.String({ maxLength: 64 })),
      scene: Type.Optional(Type.Union([Type.Null(), Hex32])),
      frame: Type.Optional(Type.Number()),
    },
    closed,
  ),
  roster: Empty,
  digest: Type.Object({ request: Count, list: Type.Boolean() }, closed),
  digests: Type.Object(
    {
      request: Count,
      seq: Count,
      hex: Type.String({ pattern: '^[0-9a-f]{64}$' }),
      page: Count,
      pages: Count,
    },
    closed,
  ),
  command: Type.Object(
    { request: Count, name: Name, arguments: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()) },
    closed,
  ),
  result: Type.Object(
    {
      request: Count,
      value: Type.Optional(Type.Unknown()),
      error: Type.Optional(Type.Object({ code: Name, message: Text }, closed)),
    },
    closed,
  ),
  history: Type.Object(
    {
      request: Count,
      /** Events before this one; the newest where it is left out. */
      before: Type.Optional(Count),
      limit: Type.Integer({ minimum: 1, maximum: LIMITS.historyEntries }),
    },
    closed,
  ),
  /** `oldest` to `newest`: the events whose states can be read. */
  entries: Type.Object({ request: Count, oldest: Count, newest: Count }, closed),
  recall: Type.Object({ request: Count, at: Count }, closed),
  recalled: Type.Object(
    { request: Count, at: Count, page: Count, pages: Count, datablocks: Count, arrayBytes: Count },
    closed,
  ),
  compare: Type.Object({ request: Count, from: Count, to: Count }, closed),
  differences: Type.Object({ request: Count, from: Count, to: Count, page: Count, pages: Count }, closed),
  restore: Type.Object({ request: Count, at: Count }, closed),
  notice: Type.Object(
    {
      level: Type.Union([Type.Literal('info'), Type.Literal('warning'), Type.Literal('error')]),
      code: Name,
      message: Text,
    },
    closed,
  ),
} as const;
