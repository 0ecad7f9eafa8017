import type { RefusedPart } from '@sceneport/client';
import { ERRORS, isRefusal, type Refusal, SceneportError } from '@sceneport/protocol';
import type { CodedError, Say } from '../conversation/down.ts';
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

function inWords(session: Session, { message, details }: Refusal): string {
  const id = details?.id;
  const name = typeof id === 'string' ? session.confirmed.datablocks.get(id as never)?.name : undefined;
  const owner = session.roster.find(({ number }) => number === details?.owner)?.name;
  const about = name === undefined ? '' : `“${name}”: `;
  return owner === undefined ? about + message : `${about}${message} It is locked by ${owner}.`;
}
