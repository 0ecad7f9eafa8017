import { formatAddress, isRefusal, type Refusal } from '@sceneport/protocol';
import { localAddresses, machineInterfaces } from '@sceneport/reach';
import { type Relay, startRelay } from '@sceneport/relay';
import type { OptionValues } from '../options/table.ts';
import { ConsoleLog } from '../serve/console-log.ts';
import { areOfContainer } from '../serve/container.ts';
import { logOfOptions } from '../serve/log-of-options.ts';
import { startRefusal } from '../serve/start-error.ts';
import { standardInputClosed, stopSignal } from '../serve/stop.ts';
import { VERSION } from '../version.ts';
import { readAllowedCodes } from './allowed-codes.ts';

/** Runs a relay until it is told to stop; a refusal says why it could not start. */
export async function runRelay(
  values: OptionValues,
  dataFolder: string,
  warnings: readonly string[],
): Promise<number | Refusal> {
  const wishes = [stopSignal()];
  if (values.parentStdin) wishes.push(standardInputClosed());
  const relay = await start(values, dataFolder, warnings);
  if (isRefusal(relay)) return relay;
  const { port, code } = relay;
  const text = values.json ? JSON.stringify({ event: 'listening', port, code }) : startText(values, relay);
  process.stdout.write(`${text}\n`);
  await Promise.race(wishes);
  await relay.close();
  return 0;
}

async function start(
  values: OptionValues,
  dataFolder: string,
  warnings: readonly string[],
): Promise<Relay | Refusal> {
  const allowed = values.allow === null ? null : readAllowedCodes(values.allow);
  if (isRefusal(allowed)) return allowed;
  try {
    const log = logOfOptions(values, new ConsoleLog());
    for (const warning of warnings) log.warn(warning);
    process.on('uncaughtExceptionMonitor', (error) => log.error('the program fails', { error }));
    return await startRelay({
      dataFolder,
      port: values.port,
      bind: values.bind,
      allowed,
      openMetrics: values.openMetrics,
      log,
      limits: {
        connections: values.connections,
        connectionsPerAddress: values.addressConnections,
        newPerMinute: values.addressConnectionsPerMinute,
        hosts: values.relayHosts,
        joinersPerHost: values.relayJoiners,
        bytesPerSecond: values.relayBytesPerSecond,
      },
    });
  } catch (error) {
    const refused = startRefusal(error, values, dataFolder);
    if (refused === null) throw error;
    return refused;
  }
}

function startText(values: OptionValues, { port }: Relay): string {
  const addresses = localAddresses(values.bind, machineInterfaces());
  const places = addresses.map(({ host }) => formatAddress({ host, port }));
  const isInside = areOfContainer(addresses);
  const serves = values.allow === null ? 'every server that asks' : `the servers listed in ${values.allow}`;
  return [
    '',
    `Sceneport ${VERSION} is running as a relay for ${serves}.`,
    '',
    ...places.map((place, index) => `  ${(index === 0 ? 'Reachable' : '').padEnd(15)} ${place}`),
    '',
    `Whoever hosts a session gives ${isInside ? 'the address of the machine around this container' : 'this address'}, or a name that leads to it:`,
    '',
    `  sceneport serve --relay ${isInside ? 'HOST' : (places[0] ?? 'HOST')}`,
    '',
  ].join('\n');
}
