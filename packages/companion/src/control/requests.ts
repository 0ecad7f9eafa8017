import { isRefusal, SceneportError } from '@sceneport/protocol';
import type { UpMessage } from '../conversation/up.ts';
import { qrCode } from './qr-code.ts';
import type { SessionControl } from './session-control.ts';

/** A message up that wants an answer (L6). */
export type Request = Extract<UpMessage, { readonly fields: { readonly request: number } }>;

/** True for a message that wants an answer. */
export function isRequest(message: UpMessage): message is Request {
  return 'request' in message.fields;
}

/** Does what a request asks for (J1): its value. Throws what is answered as `error`. */
export async function answer(control: SessionControl, request: Request): Promise<unknown> {
  switch (request.type) {
    case 'join':
      return control.join(request.fields);
    case 'leave':
      return control.leave();
    case 'choose':
      return control.choose(request.fields.scene);
    case 'lock':
      return settled(await control.session.lock(request.fields.ids), () => undefined);
    case 'unlock':
      return settled(await control.session.unlock(request.fields.ids), () => undefined);
    case 'digest':
      return settled(await control.session.digest(), (digest) => digest);
    case 'invite':
      return settled(await control.session.invites.make(request.fields), (made) => made);
    case 'invites':
      return settled(await control.session.invites.list(), (list) => list);
    case 'revoke':
      return settled(await control.session.invites.revoke(request.fields.id), () => undefined);
    case 'qr-code':
      return qrCode(request.fields.text);
    case 'kick': {
      const { user, reason } = request.fields;
      return settled(await control.session.command('kick', { user, reason: reason ?? '' }), (value) => value);
    }
  }
}

function settled<Outcome, Value>(outcome: Outcome, resultOf: (outcome: Outcome) => Value): Value {
  if (isRefusal(outcome)) throw new SceneportError(outcome);
  const refused = (outcome as { refused?: readonly { refusal: unknown }[] } | undefined)?.refused?.[0]
    ?.refusal;
  if (isRefusal(refused)) throw new SceneportError(refused);
  return resultOf(outcome);
}
