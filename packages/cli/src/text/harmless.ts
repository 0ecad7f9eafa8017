/** Text from strangers with nothing in it that ends a line or steers a terminal: such characters are written as `\u001b`. */
export function harmless(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, '0')}`,
  );
}
