import { harmless } from '../text/harmless.ts';

/** What one check has found. */
export interface Finding {
  readonly state: 'well' | 'failed' | 'unknown';
  /** What was found, as a sentence. */
  readonly text: string;
  /** What the user can do about it, where it failed. */
  readonly remedy?: string;
}

/** Checks that belong together, such as those of one address. */
export interface FindingGroup {
  readonly title: string;
  readonly findings: readonly Finding[];
}

export function well(text: string): Finding {
  return { state: 'well', text };
}

export function failed(text: string, remedy: string): Finding {
  return { state: 'failed', text, remedy };
}

export function unknown(text: string): Finding {
  return { state: 'unknown', text };
}

const MARKS = { well: '✓', failed: '✗', unknown: '–' } as const;

/** A group as a terminal shows it; what strangers say cannot steer it. */
export function groupText({ title, findings }: FindingGroup): string {
  const lines = findings.flatMap(({ state, text, remedy }) => {
    const line = `  ${MARKS[state]} ${text}`;
    return remedy === undefined ? [line] : [line, `    ${remedy}`];
  });
  return [title, ...lines].map(harmless).join('\n');
}
