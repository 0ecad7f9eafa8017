import { FRAME_TYPES, type FrameName, type Refusal, type Role, refusal } from '@sceneport/protocol';

const RANK = { none: 0, viewer: 1, editor: 2, admin: 3 } as const;

/** Why a member of `role` may not send this frame, or null (A1). */
export function objectionToFrame(name: FrameName, role: Role): Refusal | null {
  return RANK[role] >= RANK[FRAME_TYPES[name].role] ? null : refusal('not-allowed');
}
