export function definedRules(markdown: string): string[];
export function citedRules(source: string): string[];
export function ruleProblems(
  defined: string[],
  cited: Map<string, string>,
  excused: Record<string, string>,
): string[];
