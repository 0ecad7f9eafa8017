import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CertificateStore, endOf, type KeptCertificate } from '@sceneport/certificates';
import { isRefusal } from '@sceneport/protocol';
import { askSocket, NO_SERVER } from '../admin/socket-client.ts';
import { socketPathOf } from '../admin/socket-path.ts';
import { checkHealth } from '../health/health.ts';
import { nativePort } from '../multi-user/gateway.ts';
import type { OptionValues } from '../options/table.ts';
import { isDataFolder } from '../serve/data-folder.ts';
import { dayOf } from '../serve/server-certificate.ts';
import { type Finding, type FindingGroup, failed, unknown, well } from './finding.ts';
import { firewallFinding } from './firewall.ts';

/** With less room than this a session soon becomes read-only, bytes. */
const LEAST_BYTES = 1024 * 1024 * 1024;

/** Looks at this machine as the one of a server: its data folder, and whether the server runs. */
export async function checkMachine(values: OptionValues, dataFolder: string): Promise<FindingGroup> {
  return {
    title: 'This machine, as a server',
    findings: [
      ...folderFindings(dataFolder),
      ...(await serverFindings(values, dataFolder)),
      ...certificateFindings(dataFolder),
      firewallFinding({ first: values.port, last: nativePort(values) }, process.platform),
    ],
  };
}

function folderFindings(dataFolder: string): Finding[] {
  const folder = nearestFolder(dataFolder);
  const place = isDataFolder(dataFolder)
    ? well(`The data folder is ${dataFolder}.`)
    : unknown(`There is no data folder at ${dataFolder} yet; a server would make it.`);
  return [place, permissionFinding(folder), roomFinding(folder)];
}

function permissionFinding(folder: string): Finding {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return well(`It may be written to ${folder}.`);
  } catch {
    return failed(
      `It may not be written to ${folder}.`,
      'Give the folder to the user of the server, or choose another with --data.',
    );
  }
}

function roomFinding(folder: string): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize;
  const text = `There are ${(bytes / 1e9).toFixed(1)} gigabytes free on its disk.`;
  return bytes < LEAST_BYTES ? failed(text, 'Make room: a full disk makes sessions read-only.') : well(text);
}

/** The folder itself, or the one in which it would be made. */
function nearestFolder(folder: string): string {
  return existsSync(folder) ? folder : nearestFolder(dirname(folder));
}

async function serverFindings(values: OptionValues, dataFolder: string): Promise<Finding[]> {
  const path = socketPathOf(dataFolder);
  const users =
    path === null ? NO_SERVER : await askSocket(path, { name: 'sessions', arguments: {}, session: null });
  if (users === NO_SERVER)
    return [unknown('No server runs with this data folder. Start it with: sceneport serve')];
  if (isRefusal(users)) return [unknown(users.message)];
  const health = await checkHealth(values);
  return isRefusal(health)
    ? [
        well('The server of this data folder runs.'),
        unknown(`${health.message} If it listens elsewhere, say so with --port or --behind-proxy.`),
      ]
    : [well(`The server of this data folder runs and is well on port ${nativePort(values)}.`)];
}

/** The certificates for browsers that the data folder holds. */
function certificateFindings(dataFolder: string): Finding[] {
  try {
    return new CertificateStore(dataFolder).certificates.map(certificateFinding);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    return [unknown(`Its certificates may not be read (${(error as Error).message}).`)];
  }
}

function certificateFinding(certificate: KeptCertificate): Finding {
  const untilMs = endOf(certificate);
  const text = `The certificate for ${certificate.name} is valid until ${dayOf(untilMs)}.`;
  return untilMs > Date.now()
    ? well(text)
    : failed(text, 'Start the server with --certificate; its log says why it gets no newer one.');
}
