import type { Role } from '@sceneport/protocol';
import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { Block, Count, HandlePath, hasSoundArrays, IdText } from './block.ts';
import { type LinkMessage, MalformedMessage } from './framing.ts';

const Text = Type.String({ maxLength: 4096 });
const TextOrNull = Type.Union([Type.Null(), Text]);
const Scene = Type.Union([Type.Literal('current'), Type.Literal('empty')]);
const SceneOrNull = Type.Union([Type.Null(), Scene]);
const REASONS = ['edit', 'undo', 'hand-over', 'again'] as const;
const Channel = Type.Number({ minimum: 0, maximum: 1 });

/** What the add-on may say, by type. A field of another name is never looked at. */
const UP = {
  hello: Type.Object({ version: Count, blender: Type.Optional(Text) }),
  join: Type.Object({
    request: Count,
    target: Text,
    user: Text,
    colour: Type.Tuple([Channel, Channel, Channel]),
    password: Type.Optional(TextOrNull),
    adminPassword: Type.Optional(TextOrNull),
    code: Type.Optional(TextOrNull),
    trustFirst: Type.Optional(Type.Boolean()),
    scene: Type.Optional(SceneOrNull),
    data: Type.Optional(TextOrNull),
    stay: Type.Optional(Type.Object({ id: IdText, again: Type.Boolean(), seq: Count })),
  }),
  leave: Type.Object({ request: Count }),
  choose: Type.Object({ request: Count, scene: Scene }),
  lock: Type.Object({ request: Count, ids: Type.Array(IdText, { maxItems: 65536 }) }),
  unlock: Type.Object({ request: Count, ids: Type.Array(IdText, { maxItems: 65536 }) }),
  digest: Type.Object({ request: Count }),
  kick: Type.Object({
    request: Count,
    user: Type.Union([Count, Text]),
    reason: Type.Optional(TextOrNull),
  }),
  invite: Type.Object({
    request: Count,
    role: Type.Unsafe<Role>(Type.Enum(['viewer', 'editor', 'admin'])),
    validMs: Type.Union([Type.Null(), Count]),
    maxUses: Type.Union([Type.Null(), Count]),
  }),
  invites: Type.Object({ request: Count }),
  revoke: Type.Object({ request: Count, id: Text }),
  'qr-code': Type.Object({ request: Count, text: Text }),
  show: Type.Object({
    show: Type.Optional(Count),
    reason: Type.Unsafe<(typeof REASONS)[number]>(Type.Enum([...REASONS])),
    blocks: Type.Array(Block),
    gone: Type.Array(IdText),
    undone: Type.Optional(Type.Array(IdText)),
    done: Type.Boolean(),
    ours: Type.Optional(Type.Boolean()),
  }),
  applied: Type.Object({
    order: Count,
    shown: Type.Array(Block),
    failed: Type.Array(
      Type.Object({ id: Type.String(), path: Type.Union([HandlePath, Type.Literal('')]), code: Text }),
    ),
  }),
  busy: Type.Object({
    blocks: Type.Record(Type.String(), Type.Union([Type.Literal('arrays'), Type.Literal('all')])),
  }),
  paused: Type.Object({ paused: Type.Boolean() }),
  presence: Type.Object({
    view: Type.Optional(
      Type.Union([Type.Null(), Type.Array(Type.Array(Type.Number(), { maxItems: 4 }), { maxItems: 16 })]),
    ),
    selection: Type.Optional(Type.Array(IdText, { maxItems: 65536 })),
    mode: Type.Optional(Type.String({ maxLength: 64 })),
    scene: Type.Optional(Type.Union([Type.Null(), IdText])),
    frame: Type.Optional(Type.Number()),
  }),
} as const;

const checks = new Map(Object.entries(UP).map(([type, schema]) => [type, Compile(schema)]));

/** The fields of a message up. */
export type Up<Name extends keyof typeof UP> = Static<(typeof UP)[Name]>;
/** A message up, read strictly, with its buffers. */
export type UpMessage = {
  [Name in keyof typeof UP]: {
    readonly type: Name;
    readonly fields: Up<Name>;
    readonly buffers: readonly Uint8Array[];
  };
}[keyof typeof UP];
/** The shown differences, and what is gone. */
export type Show = Up<'show'>;
/** What Blender made of an order. */
export type AppliedOrder = Up<'applied'>;

/** Reads what the add-on says (L3). Throws {@link MalformedMessage}. */
export function readUp({ header, buffers }: LinkMessage): UpMessage {
  const check = checks.get(header.type as string);
  if (check === undefined) throw new MalformedMessage('a message of an unknown type');
  const { type } = header;
  if (!check.Check(header)) throw new MalformedMessage(`a field of ${String(type)} is of the wrong kind`);
  const message = { type, fields: header, buffers } as unknown as UpMessage;
  const blocks =
    message.type === 'show' ? message.fields.blocks : message.type === 'applied' ? message.fields.shown : [];
  for (const block of blocks) {
    if (!hasSoundArrays(block.arrays ?? [], buffers)) {
      throw new MalformedMessage('an array and its buffer differ in size');
    }
  }
  return message;
}
