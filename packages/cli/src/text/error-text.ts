import { ERRORS, type Refusal } from '@sceneport/protocol';

/** A refusal for people: what happened, what to do where the message does not say it already, and the code to look up. */
export function errorText({ code, message }: Refusal): string {
  const { meaning, remedy } = ERRORS[code];
  return message === meaning ? `${message} ${remedy} (${code})` : `${message} (${code})`;
}
