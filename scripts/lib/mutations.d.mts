export type Mutation = {
  rule: string;
  file: string;
  find: string;
  replace: string;
  test: string;
  list: string;
};
export function readMutations(): Mutation[];
export function mutationProblems(
  defined: string[],
  mutations: Mutation[],
  excused: Record<string, string>,
  read: (path: string) => string | null,
): string[];
