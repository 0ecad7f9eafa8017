import { isRefusal } from '@sceneport/protocol';
import { errorText } from './error-text.ts';
import { harmless } from './harmless.ts';
import { tableText } from './table-text.ts';

/** The answer to a command, for people: a list of objects as a table (without colours), one object as lines. */
export function answerText(answer: unknown): string {
  if (isRefusal(answer)) return errorText(answer);
  if (answer === null || answer === undefined || answer === true) return 'Done.';
  if (Array.isArray(answer)) return listText(answer);
  if (typeof answer === 'object') return objectText(answer as Readonly<Record<string, unknown>>);
  return harmless(String(answer));
}

function listText(list: readonly unknown[]): string {
  if (list.length === 0) return 'None.';
  const rows = list.map((each) => (isObject(each) ? each : { '': each }));
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))].filter((key) => key !== 'colour');
  return tableText(
    keys.map(titleOf),
    rows.map((row) => keys.map((key) => valueText(key, row[key]))),
  );
}

function objectText(object: Readonly<Record<string, unknown>>): string {
  const entries = Object.entries(object);
  const width = Math.max(...entries.map(([key]) => titleOf(key).length));
  return entries
    .map(([key, value]) => `${`${titleOf(key)}:`.padEnd(width + 1)} ${valueText(key, value)}`)
    .join('\n');
}

/** `joinedMs` is shown as `joined`: a point in time has its own form, a duration its unit behind it. */
function titleOf(key: string): string {
  return key
    .replace(/(Ms|Bytes)$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

function valueText(key: string, value: unknown): string {
  if (value === null || value === undefined) return '-';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && key.endsWith('Ms')) return timeText(value);
  if (typeof value === 'number' && key.endsWith('Bytes')) return sizeText(value);
  return harmless(typeof value === 'string' ? value : JSON.stringify(value));
}

/** Milliseconds since 1970 as a time, fewer as a duration. */
function timeText(timeMs: number): string {
  const isPointInTime = timeMs > 1_000_000_000_000;
  return isPointInTime
    ? new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ')
    : `${Math.round(timeMs)} ms`;
}

function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = Math.min(units.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${step === 0 ? bytes : (bytes / 1024 ** step).toFixed(1)} ${units[step]}`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
