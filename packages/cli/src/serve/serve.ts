import { isRefusal, type Refusal } from '@sceneport/protocol';
import type { LogOutput } from '../log/logger.ts';
import type { OptionValues } from '../options/table.ts';
import { Shell } from '../shell/shell.ts';
import { errorText } from '../text/error-text.ts';
import { announce, announceReach } from './announce.ts';
import { ConsoleLog } from './console-log.ts';
import { logOfOptions } from './log-of-options.ts';
import { type RunningServer, startRunning } from './running-server.ts';
import { startRefusal } from './start-error.ts';
import { standardInputClosed, stopSignal } from './stop.ts';

/** Runs a server until it is told to stop; the exit code. `warnings` about the options go into the log. */
export async function serve(
  values: OptionValues,
  dataFolder: string,
  warnings: readonly string[],
): Promise<number> {
  const wishes = [stopSignal()];
  if (values.parentStdin) wishes.push(standardInputClosed());
  const terminal = new ConsoleLog();
  const running = await start(values, dataFolder, warnings, terminal);
  if (isRefusal(running)) return reportFailure(running, values.json);
  const isInteractive = process.stdin.isTTY && process.stdout.isTTY && !values.json && !values.parentStdin;
  await announce(running, values, isInteractive);
  if (values.json) announceReach(running);
  const shell = isInteractive ? openShell(running, values) : null;
  terminal.shell = shell;
  if (shell !== null) wishes.push(shell.ended.then(() => 'exit'));
  const reason = await Promise.race(wishes);
  shell?.close();
  await running.stop(reason);
  return 0;
}

async function start(
  values: OptionValues,
  dataFolder: string,
  warnings: readonly string[],
  terminal: LogOutput,
): Promise<RunningServer | Refusal> {
  try {
    const log = logOfOptions(values, terminal);
    for (const warning of warnings) log.warn(warning);
    process.on('uncaughtExceptionMonitor', (error) => log.error('the program fails', { error }));
    return await startRunning(values, dataFolder, log);
  } catch (error) {
    const refused = startRefusal(error, values, dataFolder);
    if (refused === null) throw error;
    return refused;
  }
}

function openShell(running: RunningServer, values: OptionValues): Shell {
  return new Shell({
    input: process.stdin,
    output: process.stdout,
    session: values.session[0]!,
    run: running.run,
  });
}

function reportFailure(refused: Refusal, json: boolean): number {
  const { code, message } = refused;
  if (json) process.stdout.write(`${JSON.stringify({ event: 'failed', code, message })}\n`);
  process.stderr.write(`sceneport: ${errorText(refused)}\n`);
  return code === 'bad-option' ? 2 : 1;
}
