import { type ChildProcess, spawn } from 'node:child_process';
import { endProcess, keepErrorOutput } from '../harness/process-end.ts';
import { type Cleanup, temporaryFolder } from '../harness/temporary-folder.ts';
import { DevTools } from './dev-tools.ts';

/** A page in a real browser. */
export class Page {
  readonly #devTools: DevTools;
  readonly #session: string;

  constructor(devTools: DevTools, session: string) {
    this.#devTools = devTools;
    this.#session = session;
  }

  /** Runs JavaScript in the page and waits for what it promises. Rejects where it throws there. */
  async run<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = await this.#devTools.call<{
      result: { value: Value };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    }>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, this.#session);
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }
}

/** What a browser of a test needs, and what keeps it from calling home. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--remote-debugging-pipe',
];

const start = (folder: string, trustedKey: string): ChildProcess => {
  const own = [`--user-data-dir=${folder}`, `--ignore-certificate-errors-spki-list=${trustedKey}`];
  return spawn('chromium', [...ARGUMENTS, ...own], {
    env: { ...process.env, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
};

/**
 * Opens an address in a Chromium of its own, without a window and with an empty profile. Of the certificates that no
 * authority has signed it accepts those of one key: `trustedKey` is base64(SHA-256(SubjectPublicKeyInfo)).
 */
export const openPage = async (t: Cleanup, url: string, trustedKey: string): Promise<Page> => {
  const child = start(temporaryFolder(t), trustedKey);
  t.after(() => endProcess(child, 'SIGKILL'));
  const devTools = new DevTools(child, keepErrorOutput(child));
  const blank = { url: 'about:blank' };
  const { targetId } = await devTools.call<{ targetId: string }>('Target.createTarget', blank);
  const attach = { targetId, flatten: true };
  const { sessionId } = await devTools.call<{ sessionId: string }>('Target.attachToTarget', attach);
  await devTools.call('Page.enable', {}, sessionId);
  const loaded = devTools.event('Page.loadEventFired');
  await devTools.call('Page.navigate', { url }, sessionId);
  await loaded;
  return new Page(devTools, sessionId);
};
