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

/** Tells the user what of a commit was refused, and why (J7). */
export function reportSettled(
  session: Session,
  say: Say,
  outcome: Awaited<ReturnType<Session['commit']>>,
): void {
  const refusals = isRefusal(outcome) ? [outcome] : outcome.refused.map(({ refusal }) => refusal);
  for (const refused of refusals) {
    const { code } = refused;
    say({
      type: 'notice',
      level: code === 'gone' ? 'info' : 'warning',
      code,
      message: inWords(session, refused),
    });
  }
}

function inWords(session: Session, { message, details }: Refusal): string {
  const id = details?.id;
  const name = typeof id === 'string' ? session.confirmed.datablocks.get(id as never)?.name : undefined;
  const owner = session.roster.find(({ number }) => number === details?.owner)?.name;
  const about = name === undefined ? '' : `“${name}”: `;
  return owner === undefined ? about + message : `${about}${message} It is locked by ${owner}.`;
}
