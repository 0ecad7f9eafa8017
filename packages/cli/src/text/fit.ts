/** With less room than this beside its first column a text is left to the terminal. */
const LEAST_ROOM = 20;

/**
 * A text with the lines that are wider than a terminal broken between words; what goes on stands below the last column,
 * behind the spaces or the label that the line begins with. `columns` undefined: there is no terminal.
 */
export function fit(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => (line.length < columns ? [line] : fitLine(line, columns)))
    .join('\n');
}

function fitLine(line: string, columns: number): string[] {
  const [start = ''] = /^\s*(?:\S.*?\s{2,})?/.exec(line) ?? [];
  if (columns - start.length < LEAST_ROOM) return [line];
  const lines = [''];
  for (const word of line.slice(start.length).split(' ')) {
    const last = lines.at(-1)!;
    if (last === '') lines[lines.length - 1] = word;
    else if (start.length + last.length + word.length + 1 < columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((each, index) => `${index === 0 ? start : ' '.repeat(start.length)}${each}`);
}
