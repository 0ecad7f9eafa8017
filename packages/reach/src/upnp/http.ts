import { type ClientRequest, type IncomingMessage, request } from 'node:http';

/** What a router answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

/** A request to a router. */
export interface HttpQuestion {
  readonly url: URL;
  /** The address of this machine to ask from. */
  readonly local: string;
  /** Without a body it is a GET, else a POST. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** All that is asked of a router is a page of text. */
const MOST_BYTES = 256 * 1024;
const TIMEOUT_MS = 3000;

/** Asks a router by HTTP; null when it does not answer in time, breaks off, or says more than a router has to say. No redirect is followed. */
export async function askByHttp(question: HttpQuestion): Promise<HttpAnswer | null> {
  const { url, local, body, headers, signal } = question;
  const { promise, resolve } = Promise.withResolvers<HttpAnswer | null>();
  const inTime = AbortSignal.timeout(TIMEOUT_MS);
  const asked: ClientRequest = request(url, {
    agent: false,
    method: body === undefined ? 'GET' : 'POST',
    localAddress: local,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) },
    signal: signal === undefined ? inTime : AbortSignal.any([signal, inTime]),
  });
  asked.on('error', () => resolve(null));
  asked.on('response', (response) => {
    void readText(response).then((text) => {
      if (text === null) asked.destroy();
      resolve(text === null ? null : { status: response.statusCode ?? 0, text });
    });
  });
  asked.end(body);
  return promise;
}

async function readText(response: IncomingMessage): Promise<string | null> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      sizeBytes += part.length;
      if (sizeBytes > MOST_BYTES) return null;
      parts.push(part);
    }
  } catch {
    return null;
  }
  return Buffer.concat(parts).toString('utf8');
}
