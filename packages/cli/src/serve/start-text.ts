import { type Address, formatAddress, readableCode } from '@sceneport/protocol';
import type { LocalAddress } from './addresses.ts';
import type { KeptPassword } from './admin-password.ts';

/** What the user of a terminal is told when the server has started. */
export interface StartReport {
  readonly version: string;
  readonly sessions: readonly string[];
  /** Given by the user; empty where those of the machine are used. */
  readonly givenAddresses: readonly Address[];
  readonly localAddresses: readonly LocalAddress[];
  readonly port: number;
  readonly code: string;
  readonly dataFolder: string;
  readonly invite: string;
  /** Shown once, when it has just been made. */
  readonly madePassword: KeptPassword | null;
  /** The role of everyone who comes, or null. */
  readonly openRole: string | null;
}

const REACH_TEXT = {
  internet: 'from everywhere, if your firewall lets it',
  network: 'from your network',
  machine: 'from this computer',
} as const;

/** The message at start: where the server is, the invite to copy, and what to do next. */
export function startText(report: StartReport): string {
  const { version, sessions, code, dataFolder, invite, madePassword, openRole } = report;
  const lines: string[] = [
    `Sceneport ${version} is running.`,
    '',
    ...labelled(sessions.length === 1 ? 'Session' : 'Sessions', [sessions.join(', ')]),
    ...labelled('Reachable', reachLines(report)),
    ...labelled('Code', [readableCode(code)]),
    ...labelled('Data', [dataFolder]),
  ];
  if (madePassword !== null) {
    lines.push(
      ...labelled('Admin password', [madePassword.password, `shown this once; kept in ${madePassword.path}`]),
    );
  }
  if (openRole !== null) {
    lines.push(
      '',
      `This server is open: everyone who reaches it comes in as ${openRole}, without a password.`,
    );
  }
  lines.push('', 'Send this invite to the people you work with:', '', `  ${invite}`, '');
  lines.push('In Blender: sidebar of the 3D view (N), tab Sceneport, paste the invite, Join.');
  return lines.join('\n');
}

function reachLines({ givenAddresses, localAddresses, port }: StartReport): string[] {
  if (givenAddresses.length > 0) return givenAddresses.map(formatAddress);
  return localAddresses.map(({ host, reach }) => `${formatAddress({ host, port })}  ${REACH_TEXT[reach]}`);
}

function labelled(label: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(15)} ${text}`);
}
