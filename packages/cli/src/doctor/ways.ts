import {
  type Address,
  formatAddress,
  PROTOCOL_VERSION,
  readableCode,
  serverNameOfCode,
} from '@sceneport/protocol';
import { type Finding, type FindingGroup, failed, unknown, well } from './finding.ts';
import { type Answer, type Probe, probe, type Right, type Speed } from './probe.ts';
import type { RoundTrips } from './round-trips.ts';

/** More difference between two clocks than this is worth a word. */
const MOST_CLOCK_MS = 60_000;
/** Of a hundred round trips so many may stall before it is worth a word. */
const MOST_STALLED_PERCENT = 1;
const UNKNOWN_NAME = 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME';

/** Looks whether the server with `code` (null: any) answers at an address, step by step. */
export async function checkAddress(
  address: Address,
  code: string | null,
  right: Right | null,
): Promise<FindingGroup> {
  const found = await probe(address, null, right);
  return { title: formatAddress(address), findings: findingsOf(address, code, found, false) };
}

/** Looks whether the server with `code` answers through a relay. */
export async function checkRelay(relay: Address, code: string, right: Right | null): Promise<FindingGroup> {
  const found = await probe(relay, serverNameOfCode(code), right);
  return { title: `Relay ${formatAddress(relay)}`, findings: findingsOf(relay, code, found, true) };
}

function findingsOf(address: Address, code: string | null, found: Probe, isRelay: boolean): Finding[] {
  const { resolved, isConnected, error, answer } = found;
  if (!isConnected) return [...nameFindings(address, resolved, error), notConnected(address, error, isRelay)];
  const connected = well('A TCP connection is made.');
  const findings = [...nameFindings(address, resolved, null), connected, keyFinding(found, code, isRelay)];
  if (findings.at(-1)!.state === 'failed') return findings;
  return answer === null
    ? [
        ...findings,
        failed(`It gives no answer (${error}).`, 'Try again; if it stays so, restart the server.'),
      ]
    : [...findings, ...answerFindings(answer), ...speedFindings(found.speed)];
}

function speedFindings(speed: Speed | null): Finding[] {
  if (speed === null) return [];
  if ('bytesPerSecond' in speed) {
    return [
      well('The invite lets you in.'),
      well(`Data comes at ${(speed.bytesPerSecond / 1e6).toFixed(1)} megabytes a second.`),
    ];
  }
  const { refused } = speed;
  return [
    refused === 'login-slow-down'
      ? unknown('The server asks for patience: too many wrong logins came from here.')
      : failed(
          `The invite does not let you in (${refused}).`,
          'It has ended, was used up or taken back: ask the host for a new one.',
        ),
  ];
}

function nameFindings({ host }: Address, resolved: string | null, error: string | null): Finding[] {
  if (/^[0-9.]+$|:/.test(host)) return [];
  if (error === 'ENOTFOUND' || error === 'EAI_AGAIN') {
    return [
      failed(
        `The name ${host} is not known (${error}).`,
        'Check the spelling, and that this machine is connected to the internet.',
      ),
    ];
  }
  return [
    resolved === null ? unknown(`The name ${host} was not looked up.`) : well(`${host} is ${resolved}.`),
  ];
}

function notConnected(address: Address, error: string | null, isRelay: boolean): Finding {
  const what = isRelay ? 'relay' : 'server';
  if (error === 'ECONNREFUSED') {
    return failed(
      `The machine is there, but nothing listens on port ${address.port}.`,
      `Start the ${what}, or check the port.`,
    );
  }
  if (error === 'ENOTFOUND' || error === 'EAI_AGAIN') return unknown('No connection was tried.');
  return failed(
    `Nothing answers on port ${address.port} (${error}).`,
    isRelay
      ? 'Check that the relay runs and that its firewall lets the port in.'
      : 'A firewall or a router keeps the port closed: open or forward it to the server, or use a relay.',
  );
}

function keyFinding({ code, error }: Probe, wanted: string | null, isRelay: boolean): Finding {
  if (code === null && isRelay && error === UNKNOWN_NAME) {
    return failed(
      'The relay does not know the server at present.',
      'Whoever hosts: check that the server runs and names this relay (--relay).',
    );
  }
  if (code === null) {
    return failed(
      `What answers does not speak TLS 1.3 (${error}).`,
      'Check the port: it is that of another program, or of a proxy, through which only browsers come.',
    );
  }
  if (wanted === null)
    return well(`It shows a key with the code ${readableCode(code)} …: compare it with the host.`);
  if (code === wanted) return well('It shows the key that the invite names: it is the right server.');
  return failed(
    `Another server answers; its code is ${readableCode(code)} …`,
    'Ask the host for a new invite. Do not go on if you did not expect a change.',
  );
}

function answerFindings({ status, protocol, isRelay, clockMs, trips }: Answer): Finding[] {
  const found = tripFindings(trips);
  if (isRelay) return [well('It is a Sceneport relay. Whoever hosts names it with --relay.'), ...found];
  if (protocol === null) {
    return [failed('It is no Sceneport server, or an old one.', 'Check the address, or update the server.')];
  }
  const findings = [
    protocol === String(PROTOCOL_VERSION)
      ? well(`It speaks version ${protocol} of the protocol, as this program does.`)
      : failed(
          `It speaks version ${protocol} of the protocol, this program ${PROTOCOL_VERSION}.`,
          'Update the older of the two.',
        ),
    status === 200
      ? well('The server is well.')
      : failed('The server can be read, but not written.', 'Whoever hosts: make room on its disk.'),
    ...found,
  ];
  if (clockMs !== null && Math.abs(clockMs) > MOST_CLOCK_MS) {
    const minutes = Math.round(Math.abs(clockMs) / 60_000);
    findings.push(
      failed(
        `The clocks of the two machines differ by ${minutes} minutes.`,
        'Let both machines set their clocks by the network.',
      ),
    );
  }
  return findings;
}

function tripFindings({ quickestMs, count, stalled }: RoundTrips): Finding[] {
  const time = well(`The way there and back takes ${quickestMs.toFixed(quickestMs < 10 ? 1 : 0)} ms.`);
  const text = `About ${stalled} of ${count} round trips were repeated or stalled`;
  if (stalled * 100 <= MOST_STALLED_PERCENT * count)
    return [time, well(stalled === 0 ? `None of ${count} round trips was repeated or stalled.` : `${text}.`)];
  return [
    time,
    failed(
      `${text}: packets are lost on the way, or a machine is very busy.`,
      'Try a cable in place of wireless, pause uploads and downloads at both ends, or take another way, as through a relay.',
    ),
  ];
}
