import { readFileSync } from 'node:fs';
import { isCode, type Refusal, refusal } from '@sceneport/protocol';

/** The codes in a file, one a line; `#` begins a remark. A file that cannot be read, or a line that is no code, is `bad-option`. */
export function readAllowedCodes(path: string): ReadonlySet<string> | Refusal {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return refusal('bad-option', `The file of allowed codes cannot be read: ${(error as Error).message}.`);
  }
  const codes = new Set<string>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const code = line.replace(/#.*/, '').trim();
    if (code === '') continue;
    if (!isCode(code))
      return refusal(
        'bad-option',
        `Line ${index + 1} of ${path} is no code. A server shows its code with: sceneport identity show`,
      );
    codes.add(code);
  }
  return codes;
}
