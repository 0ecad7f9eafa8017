import type { ErrorCode } from '@sceneport/protocol';
import { presenceUp } from '../control/presence.ts';
import { codedError } from '../control/reports.ts';
import { answer, isRequest, type Request } from '../control/requests.ts';
import { type ControlPorts, SessionControl } from '../control/session-control.ts';
import { LinkReader, MalformedMessage } from './framing.ts';
import { readUp, type UpMessage } from './up.ts';

/** The version of the conversation (L2). */
export const COMPANION_VERSION = 1;

/** The companion's side of the conversation: takes messages in order and never waits for one before the next (L5). */
export class Conversation {
  readonly #ports: ControlPorts;
  readonly #control: SessionControl;
  readonly #reader = new LinkReader();
  #greeted = false;

  constructor(ports: ControlPorts) {
    this.#ports = ports;
    this.#control = new SessionControl(ports);
  }

  /** Takes bytes of the add-on; the code with which the conversation ends when they break a rule (L2, L3). */
  hear(bytes: Uint8Array): ErrorCode | null {
    try {
      for (const message of this.#reader.push(bytes)) {
        const fatal = this.#take(readUp(message));
        if (fatal !== null) return fatal;
      }
      return null;
    } catch (failure) {
      return this.#malformed(failure);
    }
  }

  /** The add-on says nothing more: a message that is torn then breaks L1. */
  endOfInput(): ErrorCode | null {
    return this.#reader.isWhole ? null : this.#malformed(new MalformedMessage('the last message is torn'));
  }

  /** Keeps what was handed over, and leaves (L4). */
  async end(): Promise<void> {
    await this.#control.leave();
  }

  #malformed(failure: unknown): ErrorCode {
    if (!(failure instanceof MalformedMessage)) throw failure;
    this.#ports.log(`the add-on broke a rule: ${failure.message}`);
    return 'bad-message';
  }

  #take(message: UpMessage): ErrorCode | null {
    if (!this.#greeted) return this.#greet(message);
    const { live } = this.#control;
    if (isRequest(message)) void this.#answer(message);
    else if (message.type === 'hello') return 'bad-message';
    else if (message.type === 'show') live?.show(message.fields, message.buffers);
    else if (message.type === 'applied') live?.applied(message.fields, message.buffers);
    else if (message.type === 'busy') this.#control.setBusy(new Map(Object.entries(message.fields.blocks)));
    else if (message.type === 'paused') this.#control.setPaused(message.fields.paused);
    else live?.session.presence(presenceUp(message.fields));
    return null;
  }

  #greet(message: UpMessage): ErrorCode | null {
    if (message.type !== 'hello') return 'bad-message';
    if (message.fields.version !== COMPANION_VERSION) return 'companion-version';
    this.#greeted = true;
    this.#control.blender = /^\d{1,2}\.\d{1,2}/.exec(message.fields.blender ?? '')?.[0] ?? null;
    this.#ports.say({ type: 'hello', version: COMPANION_VERSION, program: this.#ports.version });
    return null;
  }

  async #answer(request: Request): Promise<void> {
    const { request: number } = request.fields;
    try {
      const value = await answer(this.#control, request);
      this.#ports.say({ type: 'result', request: number, ok: true, value: value ?? null });
    } catch (failure) {
      const error = codedError(failure);
      if (error.code === 'internal') this.#ports.log(String((failure as Error)?.stack ?? failure));
      this.#ports.say({ type: 'result', request: number, ok: false, error });
    }
  }
}
