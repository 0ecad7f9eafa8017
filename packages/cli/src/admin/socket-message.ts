import { isRefusal, type Refusal } from '@sceneport/protocol';
import type { ArgumentValue, CommandRequest } from '../commands/request.ts';

/**
 * What goes through the socket of a data folder: one request, one line of JSON, then one answer, one line of JSON
 * (`{"value": …}` or `{"error": {code, message}}`), then the server closes.
 */
export const REQUEST_BYTES = 64 * 1024;

/** A request for one session of the server, or for what is not about one. */
export interface SocketRequest extends CommandRequest {
  readonly session: string | null;
}

/** The request in a line, or null when it is none. */
export function parseRequest(line: string): SocketRequest | null {
  const json = parseLine(line);
  if (typeof json !== 'object' || json === null || !('name' in json) || !('arguments' in json)) return null;
  const { name, arguments: values, session } = json as Record<string, unknown>;
  if (typeof name !== 'string' || (typeof session !== 'string' && session !== null)) return null;
  if (typeof values !== 'object' || values === null) return null;
  const entries = Object.entries(values);
  if (!entries.every(([, value]) => isArgument(value))) return null;
  return { session, name, arguments: Object.fromEntries(entries) };
}

function isArgument(value: unknown): value is ArgumentValue {
  return typeof value === 'string' || (Array.isArray(value) && value.every((one) => typeof one === 'string'));
}

/** The line of an answer. */
export function formatAnswer(answer: unknown): string {
  return `${JSON.stringify(isRefusal(answer) ? { error: answer } : { value: answer ?? null })}\n`;
}

/** The answer in a line. Throws when the line is none. */
export function parseAnswer(line: string): unknown | Refusal {
  const json = parseLine(line);
  if (typeof json === 'object' && json !== null) {
    if ('error' in json && isRefusal(json.error)) return json.error;
    if ('value' in json) return json.value;
  }
  throw new Error('The server answered something that is no answer.');
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
