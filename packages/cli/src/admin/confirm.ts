import { createInterface } from 'node:readline/promises';
import { isYes } from '../text/is-yes.ts';

/** Asks on the terminal; without one there is nobody to ask, and the command is meant as it is. */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return true;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return isYes(await Promise.race([lines.question(`${question} [y/N] `), ended]));
  } finally {
    lines.close();
  }
}
