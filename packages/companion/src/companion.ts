import type { Readable, Writable } from 'node:stream';
import { SessionClient } from '@sceneport/client';
import { ERRORS, type ErrorCode } from '@sceneport/protocol';
import { openStore, type StoreOf } from './cache/open-store.ts';
import type { Connect } from './control/session-control.ts';
import { Conversation } from './conversation/conversation.ts';
import type { Say } from './conversation/down.ts';
import { encodeLinkMessage } from './conversation/framing.ts';

/** How the companion is run. */
export interface CompanionOptions {
  /** What the add-on says (L1): the standard input. */
  readonly input: Readable;
  /** What it is told: the standard output. */
  readonly output: Writable;
  /** One line for people: the standard error. */
  readonly log: (line: string) => void;
  /** The version of this program. */
  readonly version: string;
  /** How sessions are joined; default: the SDK. */
  readonly connect?: Connect;
  /** Where is kept what must outlive this process; default: the disk. */
  readonly openStore?: StoreOf;
}

/**
 * Runs the companion until its input ends (L4). Resolves with the status to exit with: 0, 2 after a message that broke
 * the rules (L3), 1 after a failure of the link or of this program.
 */
export async function runCompanion({
  input,
  output,
  log,
  version,
  connect,
  openStore: storeOf,
}: CompanionOptions): Promise<number> {
  const say: Say = (message, buffers = []) => void output.write(encodeLinkMessage(message, buffers));
  const ports = {
    say,
    log,
    version,
    openStore: storeOf ?? openStore,
    connect: connect ?? connectClient,
  };
  const conversation = new Conversation(ports);
  output.on('error', (failure) => log(`the add-on does not listen any more: ${failure.message}`));
  let fatal: ErrorCode | null = null;
  let isSound = true;
  try {
    for await (const bytes of input) {
      fatal = conversation.hear(bytes as Uint8Array);
      if (fatal !== null) break;
    }
    fatal ??= conversation.endOfInput();
  } catch (failure) {
    isSound = false;
    log(`the conversation broke: ${(failure as Error).stack}`);
  }
  if (fatal !== null) say({ type: 'fatal', code: fatal, message: ERRORS[fatal].meaning });
  await conversation.end();
  if (fatal !== null) return 2;
  return isSound ? 0 : 1;
}

const connectClient: Connect = (options, onNotice) =>
  SessionClient.connect(options, (client) => void client.on('notice', onNotice));
