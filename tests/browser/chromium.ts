import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** Whom a browser accepts beside those that it knows. */
export type Trust =
  /** A key, base64(SHA-256(SubjectPublicKeyInfo)), whoever has signed its certificate. */
  | { readonly key: string }
  /** An authority, PEM, as one that its user has added. Names that end in .test are 127.0.0.1 to this browser. */
  | { readonly authority: string };

const trusting = (folder: string, trust: Trust): string => {
  if ('key' in trust) return `--ignore-certificate-errors-spki-list=${trust.key}`;
  const database = join(folder, '.pki', 'nssdb');
  const file = join(folder, 'authority.pem');
  mkdirSync(database, { recursive: true });
  writeFileSync(file, trust.authority);
  const certutil = (...args: string[]) => execFileSync('certutil', ['-d', `sql:${database}`, ...args]);
  certutil('-N', '--empty-password');
  certutil('-A', '-n', 'test', '-t', 'C,,', '-i', file);
  return '--host-resolver-rules=MAP *.test 127.0.0.1';
};

const start = (folder: string, trust: Trust): ChildProcess => {
  const own = [`--user-data-dir=${join(folder, 'profile')}`, trusting(folder, trust)];
  return spawn('chromium', [...ARGUMENTS, ...own], {
    env: { ...process.env, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
};

/** Opens an address in a Chromium of its own, without a window and with an empty profile. */
export const openPage = async (t: Cleanup, url: string, trust: Trust): Promise<Page> => {
  const child = start(temporaryFolder(t), trust);
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
