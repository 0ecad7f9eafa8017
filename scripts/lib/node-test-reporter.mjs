// A reporter for node:test: a line per test, failures in full, and the counts as JSON in the file that
// SCENEPORT_TEST_RESULTS names: {"passed": number, "failures": [{"name", "text"}], "skips": [{"name", "reason"}]}.
import { writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

const describeFailure = (data) => {
  const place = data.file === undefined ? '' : `    at ${data.file}:${data.line}:${data.column}\n`;
  const error = data.details?.error;
  const cause = error?.cause ?? error;
  const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
  return `${place}${text.replace(/^/gm, '    ')}\n`;
};

const isSuite = (data) => data.details?.type === 'suite';

export default async function* reporter(source) {
  const results = { passed: 0, failures: [], skips: [] };
  for await (const { type, data } of source) {
    const indent = '  '.repeat((data?.nesting ?? 0) + 1);
    if (type === 'test:fail') {
      const text = describeFailure(data);
      if (!isSuite(data)) results.failures.push({ name: data.name, text });
      yield `${indent}FAILED  ${data.name}\n${text}`;
    } else if (type === 'test:pass' && isSuite(data)) {
      yield `${indent}${data.name}\n`;
    } else if (type === 'test:pass' && (data.skip !== undefined || data.todo !== undefined)) {
      const reason = String(data.skip ?? `todo: ${data.todo}`);
      results.skips.push({ name: data.name, reason });
      yield `${indent}skipped  ${data.name}: ${reason}\n`;
    } else if (type === 'test:pass') {
      results.passed += 1;
      yield `${indent}ok  ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    } else if (type === 'test:diagnostic' && data.file !== undefined) {
      yield `${indent}${data.message}\n`;
    } else if (type === 'test:stdout' || type === 'test:stderr') {
      yield data.message;
    }
  }
  const path = process.env.SCENEPORT_TEST_RESULTS;
  if (path !== undefined) writeFileSync(path, JSON.stringify(results));
}
