import { readFileSync } from 'node:fs';
import { type Refusal, refusal } from '@sceneport/protocol';

/** The first line of a file with a password. A file that cannot be read, or whose first line is empty, is `bad-option`. */
export function readPasswordFile(path: string): string | Refusal {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return refusal('bad-option', `The file of the password cannot be read: ${(error as Error).message}.`);
  }
  const [line = ''] = text.split(/\r?\n/, 1);
  return line === ''
    ? refusal('bad-option', `The first line of ${path} is empty; it should be a password.`)
    : line;
}

/** The password of an option or of the file that another names; null when neither is given, `bad-option` when both are. */
export function passwordFrom(
  text: string | null,
  path: string | null,
  what: 'admin' | 'session',
): string | null | Refusal {
  if (path === null) return text;
  if (text === null) return readPasswordFile(path);
  return refusal('bad-option', `The ${what} password is given twice, as text and as a file.`);
}
