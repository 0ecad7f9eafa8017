import { homedir } from 'node:os';
import { isRefusal, type Refusal, refusal, SceneportError } from '@sceneport/protocol';
import { runAdmin } from './admin/admin.ts';
import { commandsHelp } from './commands/help.ts';
import { connectCompanion } from './connect/connect.ts';
import { examine } from './doctor/doctor.ts';
import { type FindingGroup, groupText } from './doctor/finding.ts';
import { checkHealth } from './health/health.ts';
import { runIdentity } from './identity/identity.ts';
import { runInvite } from './invite/invite.ts';
import { runImportMultiUser } from './multi-user/import.ts';
import { type CommandName, isCommandName } from './options/command-names.ts';
import { commandHelp, programHelp } from './options/help.ts';
import { type ResolvedOptions, resolveOptions } from './options/resolve.ts';
import type { OptionValues } from './options/table.ts';
import { runRelay } from './relay/relay.ts';
import { defaultDataFolder } from './serve/data-folder.ts';
import { serve } from './serve/serve.ts';
import { runSessions } from './sessions/sessions.ts';
import { answerText } from './text/answer-text.ts';
import { errorText } from './text/error-text.ts';
import { fit } from './text/fit.ts';
import { terminalText } from './text/terminal-text.ts';
import { VERSION } from './version.ts';

// When whoever reads the output is gone there is nobody left to tell, and no reason to stop serving the others.
process.stdout.on('error', () => {});
process.stderr.on('error', () => {});

// What a server keeps and logs is for its owner only.
process.umask(0o077);

const exitCode = await runProgram(process.argv.slice(2));
await new Promise((done) => process.stdout.write('', done));
process.exit(exitCode);

async function runProgram([command, ...args]: readonly string[]): Promise<number> {
  if (command === undefined || ['help', '--help', '-h'].includes(command)) return sayFitted(programHelp());
  if (command === '--version') return say(VERSION);
  if (!isCommandName(command)) {
    return complain(refusal('bad-option', `There is no command "${command}". See sceneport --help.`));
  }
  const { platform, env: environment } = process;
  const whose = command === 'relay' ? 'relay' : 'server';
  const defaultFolder = defaultDataFolder(whose, { platform, environment, home: homedir() });
  const options = resolveOptions(command, args, environment, defaultFolder);
  if (isRefusal(options)) return complain(options);
  if (options.help) return sayFitted(helpOf(command));
  try {
    return await runCommand(command, options);
  } catch (error) {
    if (error instanceof SceneportError) return complain(refusal(error.code, error.message));
    throw error;
  }
}

async function runCommand(command: CommandName, options: ResolvedOptions): Promise<number> {
  const { values, dataFolder, positionals, warnings } = options;
  switch (command) {
    case 'serve':
      if (positionals.length > 0)
        return complain(refusal('bad-option', `serve takes options only, not "${positionals[0]}".`));
      return serve(values, dataFolder, warnings);
    case 'relay':
      if (positionals.length > 0)
        return complain(refusal('bad-option', `relay takes options only, not "${positionals[0]}".`));
      return relay(values, dataFolder, warnings);
    case 'admin':
      for (const warning of warnings) process.stderr.write(`sceneport: ${warning}\n`);
      return answer(await runAdmin(values, dataFolder, positionals), values.json);
    case 'invite':
      for (const warning of warnings) process.stderr.write(`sceneport: ${warning}\n`);
      return answer(await runInvite(values, dataFolder, positionals), values.json);
    case 'sessions':
      return answer(await runSessions(dataFolder, positionals), values.json);
    case 'import-multi-user':
      return answer(await runImportMultiUser(dataFolder, positionals), values.json);
    case 'identity':
      return answer(await runIdentity(dataFolder, positionals), values.json);
    case 'doctor':
      return doctor(values, dataFolder, positionals);
    case 'health':
      return answer(await checkHealth(values), false);
    case 'connect':
      return companion(values);
  }
}

async function companion(values: OptionValues): Promise<number> {
  const ended = await connectCompanion(values);
  return isRefusal(ended) ? complain(ended) : ended;
}

async function relay(values: OptionValues, dataFolder: string, warnings: readonly string[]): Promise<number> {
  const ended = await runRelay(values, dataFolder, warnings);
  return isRefusal(ended) ? complain(ended) : ended;
}

/** 0 where some way leads to the server, or this machine is well in every way. */
async function doctor(values: OptionValues, dataFolder: string, words: readonly string[]): Promise<number> {
  const show = (group: FindingGroup): void => {
    if (!values.json) sayFitted(`${groupText(group)}\n`);
  };
  const groups = await examine(values, dataFolder, words, show);
  if (isRefusal(groups)) return answer(groups, values.json);
  if (values.json) say(JSON.stringify({ value: groups }));
  const isWell = ({ findings }: FindingGroup): boolean => findings.every(({ state }) => state !== 'failed');
  return (words.length > 0 ? groups.some(isWell) : groups.every(isWell)) ? 0 : 1;
}

function helpOf(command: CommandName): string {
  return command === 'admin'
    ? `${commandHelp(command)}\n\nCommands\n${commandsHelp()}`
    : commandHelp(command);
}

function answer(value: unknown, json: boolean): number {
  if (!json && isRefusal(value)) return complain(value);
  if (!json) return say(process.stdout.isTTY ? terminalText(value) : answerText(value));
  say(JSON.stringify(isRefusal(value) ? { error: value } : { value: value ?? null }));
  return isRefusal(value) ? exitCodeOf(value) : 0;
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Says what is made of sentences, in lines that the terminal has room for. */
function sayFitted(text: string): number {
  return say(fit(text, process.stdout.columns));
}

function complain(refused: Refusal): number {
  process.stderr.write(`sceneport: ${errorText(refused)}\n`);
  return exitCodeOf(refused);
}

/** 2 for what the user typed, 1 for everything else, as usual for programs. */
function exitCodeOf({ code }: Refusal): number {
  return code === 'bad-option' || code === 'bad-request' ? 2 : 1;
}
