import {
  COMMANDS,
  defaultText,
  flagOf,
  OPTION_KEYS,
  OPTIONS,
  placeholderOf,
  variableOf,
} from 'sceneport-cli';
import { cell, generated, table } from './markdown.mjs';

const code = (text) => (text === '' ? '' : `\`${text}\``);

const describe = (key) => {
  const row = OPTIONS[key];
  const flag = [`--${flagOf(key)}`, placeholderOf(row)].join(' ').trim();
  const bare = row.bareVariable === undefined ? '' : `, ${code(row.bareVariable)}`;
  const repeated = row.kind === 'list' ? ' May be repeated.' : '';
  return [
    code(cell(flag)),
    `${code(variableOf(key))}${bare}`,
    code(key),
    row.kind === 'switch' ? 'off' : code(defaultText(row)),
    cell(`${row.help}${repeated}`),
  ];
};

const section = (command) => {
  const keys = OPTION_KEYS.filter((key) => OPTIONS[key].commands.includes(command));
  const groups = [...new Set(keys.map((key) => OPTIONS[key].group))];
  const tables = groups.map((group) => {
    const rows = keys.filter((key) => OPTIONS[key].group === group).map(describe);
    return `### ${group} (${command})\n\n${table(['Flag', 'Variable', 'Key of the file', 'Default', 'Meaning'], rows)}\n`;
  });
  return `## ${code(COMMANDS[command].usage)}\n\n${COMMANDS[command].help}\n\n${tables.join('\n')}`;
};

/** The text of docs/CONFIG.md, from the table of options. */
export const configPage = () => `${generated}

# Options

Every option is a flag, an environment variable and a key of the configuration file (one JSON object, named by
\`--config\`, else \`config.json\` of the data folder). A flag goes before a variable, a variable before the file, the file before the default. An unknown flag or
key is the error \`bad-option\`; the environment is shared with other programs, so an unknown \`SCENEPORT_\` variable is only
warned about. An empty variable counts as not set. A list is a repeated flag, a comma-separated variable, a list in
the file.

Passwords belong into a file (\`--admin-password-file\`, \`--session-password-file\`) or into the environment: everyone on the
machine can read the flags of a running program, so a password given as a flag works but is warned about.

The variables without prefix are those of the image of the older system, so that its users can keep them.

${Object.keys(COMMANDS).map(section).join('\n')}`;
