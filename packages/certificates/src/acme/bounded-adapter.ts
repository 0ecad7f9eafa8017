import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { axios } from 'acme-client';
import { OrderError } from './failure.ts';

/** Within which bounds an order asks its authority. */
interface Bounds {
  /** Nobody else is asked, whatever the authority says. */
  readonly origin: string;
  readonly signal: AbortSignal;
}

type Adapter = Extract<typeof axios.defaults.adapter, (...args: never[]) => unknown>;

const MOST_BYTES = 256 * 1024;
const MOST_RETRY_MS = 24 * 60 * 60 * 1000;

const bounds = new AsyncLocalStorage<Bounds>();

/** Runs `work`, whose requests are bounded. */
export function withinBounds<Outcome>(of: Bounds, work: () => Promise<Outcome>): Promise<Outcome> {
  return bounds.run(of, work);
}

/**
 * Sends the requests of `acme-client`, in place of what it brings along: that waits, reads, retries and follows redirects without
 * end, and says nothing of Retry-After. Rejects with {@link OrderError}.
 */
export const boundedAdapter: Adapter = async (config) => {
  const { origin, signal } = bounds.getStore()!;
  const url = URL.canParse(config.url ?? '') ? new URL(config.url ?? '') : null;
  if (url?.origin !== origin || url.protocol !== 'https:')
    throw new OrderError('bad-answer', `the authority leads elsewhere, to ${config.url}`);
  const response = await send(url, config.method ?? 'get', { ...config.headers }, config.data, signal);
  const text = await readText(response);
  const status = response.statusCode ?? 0;
  if (status >= 300 && !isBadNonce(status, text)) throw refusalOf(status, response.headers, text);
  return { status, statusText: '', headers: response.headers as Record<string, string>, data: text, config };
};

function send(
  url: URL,
  method: string,
  headers: Record<string, string>,
  body: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new OrderError('unreachable', error.message));
    request(url, { method: method.toUpperCase(), headers, signal, agent: false }, resolve)
      .on('error', fail)
      .end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      sizeBytes += part.length;
      if (sizeBytes > MOST_BYTES) break;
      parts.push(part);
    }
  } catch (error) {
    throw new OrderError('unreachable', (error as Error).message);
  }
  if (sizeBytes > MOST_BYTES) throw new OrderError('bad-answer', 'the authority sends too much');
  return Buffer.concat(parts).toString('utf8');
}

/** `acme-client` takes the nonce of this answer and asks again, up to five times (RFC 8555 §6.5). */
function isBadNonce(status: number, text: string): boolean {
  return status === 400 && problemOf(text).type === 'urn:ietf:params:acme:error:badNonce';
}

function refusalOf(status: number, headers: IncomingHttpHeaders, text: string): OrderError {
  const { detail, type } = problemOf(text);
  const reason = typeof detail === 'string' ? detail : `the authority answers with status ${status}`;
  return new OrderError('refused', reason, retryAfterMs(headers['retry-after']), type);
}

/** A problem document (RFC 7807). */
function problemOf(text: string): { readonly type?: unknown; readonly detail?: unknown } {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Seconds or a date (RFC 9110 §10.2.3); a day at most is believed. */
function retryAfterMs(value: string | undefined): number | null {
  if (value === undefined) return null;
  const waitMs = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return waitMs > 0 ? Math.min(waitMs, MOST_RETRY_MS) : null;
}
