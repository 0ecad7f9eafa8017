import { type Refusal, refusal } from '@sceneport/protocol';

/**
 * Splits a typed line into words. Quotes (double or single) keep spaces together; a backslash outside single quotes takes
 * the next character as it is. A quote that is not closed is `bad-request`.
 */
export function splitWords(line: string): string[] | Refusal {
  const words: string[] = [];
  let word: string | null = null;
  let quote = '';
  for (let index = 0; index < line.length; index += 1) {
    const character = line[index]!;
    if (character === '\\' && quote !== "'" && index + 1 < line.length) {
      index += 1;
      word = (word ?? '') + line[index]!;
    } else if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== '') return refusal('bad-request', 'A quote is not closed.');
  if (word !== null) words.push(word);
  return words;
}

/** Writes a word so that {@link splitWords} reads it back. */
export function quoteWord(word: string): string {
  return /^[^\s"'\\]+$/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`;
}
