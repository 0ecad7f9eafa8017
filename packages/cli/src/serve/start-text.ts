import { readableCode } from '@sceneport/protocol';
import type { MultiUserAccess } from '../multi-user/gateway.ts';
import type { KeptPassword } from './admin-password.ts';

/** What the user is told when the server has started. */
export interface StartReport {
  readonly version: string;
  readonly sessions: readonly string[];
  /** Where the server is reached, a line for each place. */
  readonly reachable: readonly string[];
  /** True in a container whose server was not told by which address others reach it. */
  readonly knowsOnlyContainer: boolean;
  readonly code: string;
  readonly dataFolder: string;
  /** A new invite, or null at a start that makes none. */
  readonly invite: string | null;
  /** True where only browsers can come, through the proxy. */
  readonly isBehindProxy: boolean;
  /** The same invite as browsers take it, or null: no authority says who the server is. */
  readonly browserInvite: string | null;
  /** Shown once, when it has just been made. */
  readonly madePassword: KeptPassword | null;
  /** The role of everyone who comes, or null. */
  readonly openRole: string | null;
  /** Where clients of the Multi-User add-on are let in, or null. */
  readonly multiUser: MultiUserAccess | null;
}

/** What is to be done about addresses that only this computer knows. */
const CONTAINER_TEXT = 'These are of the container. If others use another one, name it: SCENEPORT_ADDRESS';

/** The message at start: where the server is, the invite to copy, and what to do next. */
export function startText(report: StartReport): string {
  const { version, sessions, reachable, code, dataFolder, madePassword, openRole } = report;
  const lines: string[] = [
    `Sceneport ${version} is running.`,
    '',
    ...labelled(sessions.length === 1 ? 'Session' : 'Sessions', [sessions.join(', ')]),
    ...labelled('Reachable', reachable),
    ...(report.knowsOnlyContainer ? labelled('', [CONTAINER_TEXT]) : []),
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
  return [...lines, '', ...inviteLines(report), ...browserLines(report.browserInvite)].join('\n');
}

function multiUserTexts({ port, curveKey }: MultiUserAccess): string[] {
  return [
    `port ${port} for existing Multi-User add-ons, in a session of their own, not encrypted`,
    ...(curveKey === null ? [] : [`scripts can encrypt with CurveZMQ and the key ${curveKey}`]),
  ];
}

function inviteLines({ invite, isBehindProxy }: StartReport): string[] {
  if (invite === null)
    return ['The invites that you sent stay valid. For another one: sceneport admin invite'];
  return [
    'Send this invite to the people you work with:',
    '',
    `  ${invite}`,
    '',
    isBehindProxy
      ? 'It is for a page in a browser that has the SDK: Blender does not come in through a proxy.'
      : 'In Blender: sidebar of the 3D view (N), tab Sceneport, paste the invite, Join.',
  ];
}

function browserLines(invite: string | null): string[] {
  return invite === null ? [] : ['', 'For a page in a browser that has the SDK:', '', `  ${invite}`];
}

function labelled(label: string, texts: readonly string[]): string[] {
  return texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(15)} ${text}`);
}
