import { FRAME_TYPES, HEADER_SCHEMAS, LIMITS, OPERATION_SCHEMAS } from '@sceneport/protocol';
import { cell, generated, table } from './markdown.mjs';
import { describeSchema } from './schema-text.mjs';

const fields = (schema) =>
  Object.entries(schema.properties ?? {}).map(([name, field]) => [
    `\`${name}\``,
    cell(describeSchema(field)),
    (schema.required ?? []).includes(name) ? 'yes' : 'no',
  ]);

const section = ([name, schema]) => {
  const rows = fields(schema);
  const body = rows.length === 0 ? 'No fields.' : table(['Field', 'Value', 'Required'], rows);
  return `### \`${name}\`\n\n${body}\n`;
};

const sections = (schemas) => Object.entries(schemas).map(section).join('\n');

/** The text of docs/FRAMES.md, from the table of frame types (F6). */
export const framesPage = () => `${generated}

# Frames of protocol 1

The table of frame types (F6 in [PROTOCOL.md](PROTOCOL.md)), the fields of their JSON headers, and the operations of a
commit. A field that is not listed is refused. Bytes 0–31 of a frame and the meaning of the payloads are in
[PROTOCOL.md](PROTOCOL.md).

${table(
  ['Number', 'Name', 'Sent by', 'Least role', 'Purpose'],
  Object.entries(FRAME_TYPES).map(([name, { number, from, role, purpose }]) => [
    number,
    `[\`${name}\`](#${name})`,
    from,
    role === 'none' ? 'anyone' : role,
    cell(purpose),
  ]),
)}

## Headers

${sections(HEADER_SCHEMAS)}
## Operations

${sections(OPERATION_SCHEMAS)}
## Limits

${table(
  ['Limit', 'Value'],
  Object.entries(LIMITS).map(([name, value]) => [`\`${name}\``, value]),
)}
`;
