/** A rule starts a line or a list item in bold: `- **F2** text`. */
const definition = /^\s*(?:[-*]\s+|\d+\.\s+)?\*\*([A-Z]+\d+)\*\*/gm;

/** The titles of tests: in TypeScript, in doc comments of Python tests, and of cases that run in Blender. */
const titles = [
  /\b(?:test|it|describe|suite)\(\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`]*)`)/g,
  /\bdef \w+\([^)]*\)[^:]*:\s*"""([^"\n]*)/g,
  /\bcase\(\s*f?"([^"\n]*)"/g,
];

/** The ids of the rules that a document defines, in its order. */
export const definedRules = (markdown) => [...markdown.matchAll(definition)].map((match) => match[1]);

/** The ids of the rules that the test titles of a source file cite, as `[F2]`. */
export const citedRules = (source) =>
  titles.flatMap((pattern) =>
    [...source.matchAll(pattern)].flatMap((match) =>
      [
        ...match
          .slice(1)
          .join('')
          .matchAll(/\[([A-Z]+\d+)\]/g),
      ].map((cited) => cited[1]),
    ),
  );

/**
 * Compares rules with citations. Answers the problems in plain words:
 * a rule defined twice, a rule without a test, a test that cites no rule there is, an excuse not needed.
 * @param {string[]} defined ids of rules
 * @param {Map<string, string>} cited id of a rule -> a file that cites it
 * @param {Record<string, string>} excused id of a rule -> the reason why it has no test
 */
export const ruleProblems = (defined, cited, excused) => {
  const known = new Set(defined);
  return [
    ...defined
      .filter((rule, index) => defined.indexOf(rule) !== index)
      .map((rule) => `${rule} is defined twice`),
    ...[...known]
      .filter((rule) => !cited.has(rule) && excused[rule] === undefined)
      .map((rule) => `${rule} is cited by no test`),
    ...[...cited]
      .filter(([rule]) => !known.has(rule))
      .map(([rule, file]) => `${file} cites ${rule}, which no document defines`),
    ...Object.keys(excused)
      .filter((rule) => cited.has(rule) || !known.has(rule))
      .map((rule) => `scripts/rules-without-test.json: remove ${rule}, it has a test or is not defined`),
  ];
};
