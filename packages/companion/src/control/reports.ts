import type { RefusedPart } from '@sceneport/client';
import {
  type DatablockId,
  decodeSegment,
  ERRORS,
  type ErrorCode,
  isRefusal,
  type Refusal,
  SceneportError,
} from '@sceneport/protocol';
import type { CodedError, Say } from '../conversation/down.ts';
import type { Mirror } from '../mirror/mirror.ts';
import type { MirrorDatablock } from '../mirror/mirror-datablock.ts';
import { toHandles } from '../names/translate.ts';
import { EXISTS, NAME } from '../orders/difference.ts';
import type { Aspect } from '../orders/standing.ts';
import type { Session } from '../session.ts';

/** Any failure as code and words (L6). What is no refusal is a bug: its words are for the log. */
export function codedError(failure: unknown): CodedError {
  if (failure instanceof SceneportError || isRefusal(failure)) {
    return { code: failure.code, message: failure.message };
  }
  return { code: 'internal', message: ERRORS.internal.meaning };
}

/** Tells the user what was refused, and why (J7); of arrays whose shape changed tells who saves them. */
export function reportRefused(session: Session, say: Say, parts: readonly RefusedPart[]): void {
  for (const { refusal } of parts) {
    const { code } = refusal;
    if (code === 'stale-array') continue;
    const level = code === 'gone' ? 'info' : 'warning';
    say({ type: 'notice', level, code, message: inWords(session, refusal) });
  }
}

/** Tells the user where others have written meanwhile, so that theirs stands and the user's does not (J12, J7). */
export function reportOverwritten(session: Session, say: Say, ids: ReadonlySet<DatablockId>): void {
  for (const id of ids) {
    const name = session.view(id)?.name ?? id;
    const message = `“${name}”: ${ERRORS.conflict.meaning} What they did stands.`;
    say({ type: 'notice', level: 'warning', code: 'conflict', message });
  }
}

/** Tells the user which place Blender did not become what others made of it (O5, J7). */
export function reportGivenUp(
  session: Session,
  mirror: Mirror,
  say: Say,
  id: DatablockId,
  aspect: Aspect,
): void {
  const datablock = mirror.get(id);
  const name = session.view(id)?.name ?? datablock?.name ?? id;
  const code = codeOf(aspect);
  const place = datablock === undefined ? null : placeInWords(datablock, aspect);
  const about = place === null ? `“${name}”` : `“${name}”, ${place}`;
  const message = `${about}: ${ERRORS[code].meaning} ${ERRORS[code].remedy}`;
  say({ type: 'notice', level: 'warning', code, message });
}

function codeOf(aspect: Aspect): ErrorCode {
  if (aspect === EXISTS) return 'unsupported';
  return aspect.startsWith('%') ? 'bad-array' : 'bad-value';
}

/** A place as Blender names it. */
function placeInWords({ lists }: MirrorDatablock, aspect: Aspect): string | null {
  if (aspect === EXISTS) return null;
  if (aspect === NAME) return 'name';
  if (aspect.startsWith('%')) return aspect.slice(1);
  const path = '#&'.includes(aspect[0]!) ? aspect.slice(1) : aspect;
  const handles = toHandles(lists, path) ?? path;
  return handles
    .split('/')
    .map((segment) => decodeSegment(segment) ?? segment)
    .join(' / ');
}

function inWords(session: Session, { message, details }: Refusal): string {
  const id = details?.id;
  const name = typeof id === 'string' ? session.confirmed.datablocks.get(id as never)?.name : undefined;
  const owner = session.roster.find(({ number }) => number === details?.owner)?.name;
  const about = name === undefined ? '' : `“${name}”: `;
  return owner === undefined ? about + message : `${about}${message} It is locked by ${owner}.`;
}
