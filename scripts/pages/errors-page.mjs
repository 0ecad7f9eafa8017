import { ERRORS } from '@sceneport/protocol';
import { cell, generated, table } from './markdown.mjs';

/** The text of docs/ERRORS.md, from the table of errors (A5). */
export const errorsPage = () => `${generated}

# Errors

Every refusal has one of these codes, the same in the server, the SDK, the companion and the add-on (A5 in
[PROTOCOL.md](PROTOCOL.md)). The message that comes with it often says more.

${table(
  ['Code', 'What it means', 'What to do'],
  Object.entries(ERRORS).map(([code, { meaning, remedy }]) => [`\`${code}\``, cell(meaning), cell(remedy)]),
)}
`;
