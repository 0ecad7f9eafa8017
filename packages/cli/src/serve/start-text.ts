import { formatAddress, readableCode } from '@sceneport/protocol';
import type { LocalAddress } from '@sceneport/reach';
import type { MultiUserAccess } from '../multi-user/gateway.ts';
import type { KeptPassword } from './admin-password.ts';

/** What the user is told when the server has started. */
export interface StartReport {
  readonly version: string;
  readonly sessions: readonly string[];
  /** Where the server is reached: as given, or the addresses of the machine. */
  readonly reachable: readonly string[];
  /** What came of the question to the router where it has opened nothing; empty where it was not asked. */
  readonly router: readonly string[];
  /** A line for each relay. */
  readonly relays: readonly string[];
  readonly code: string;
  readonly dataFolder: string;
  /** A new invite, or null at a start that makes none. */
  readonly invite: string | null;
  /** Shown once, when it has just been made. */
  readonly madePassword: KeptPassword | null;
  /** The role of everyone who comes, or null. */
  readonly openRole: string | null;
  /** Where clients of the Multi-User add-on are let in, or null. */
  readonly multiUser: MultiUserAccess | null;
}

const REACH_TEXT = {
  internet: 'from everywhere, if your firewall lets it',
  network: 'from your network',
  machine: 'from this computer',
} as const;

/** A line about an address of the machine: the address, and from where it can be reached. */
export function reachText({ host, reach, vpn }: LocalAddress, port: number): string {
  const from = vpn === null ? REACH_TEXT[reach] : `from your ${vpn} network`;
  return `${formatAddress({ host, port })}  ${from}`;
}

/** The message at start: where the server is, the invite to copy, and what to do next. */
export function startText(report: StartReport): string {
  const { version, sessions, reachable, code, dataFolder, madePassword, openRole } = report;
  const lines: string[] = [
    `Sceneport ${version} is running.`,
    '',
    ...labelled(sessions.length === 1 ? 'Session' : 'Sessions', [sessions.join(', ')]),
    ...labelled('Reachable', reachable),
    ...labelled('Router', report.router),
    ...labelled('Relay', report.relays),
    ...labelled('Code', [readableCode(code)]),
    ...labelled('Data', [dataFolder]),
  ];
  if (madePassword !== null) {
    lines.push(
      ...labelled('Admin password', [
        madePassword.password,
        `(shown this once; kept in ${madePassword.path})`,
      ]),
    );
  }
  if (report.multiUser !== null) lines.push(...labelled('Multi-User', multiUserTexts(report.multiUser)));
  if (openRole !== null) {
    lines.push(
      '',
      `This server is open: everyone who reaches it comes in as ${openRole}, without a password.`,
    );
  }
  return [...lines, '', ...inviteLines(report.invite)].join('\n');
}

function multiUserTexts({ port, curveKey }: MultiUserAccess): string[] {
  return [
    `port ${port} for existing Multi-User add-ons, in a session of their own, not encrypted`,
    ...(curveKey === null ? [] : [`scripts can encrypt with CurveZMQ and the key ${curveKey}`]),
  ];
}

function inviteLines(invite: string | null): string[] {
  if (invite === null)
    return ['The invites that you sent stay valid. For another one: sceneport admin invite'];
  return [
    'Send this invite to the people you work with:',
    '',
    `  ${invite}`,
    '',
    'In Blender: sidebar of the 3D view (N), tab Sceneport, paste the invite, Join.',
  ];
}

function labelled(label: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(15)} ${text}`);
}
