import type { IncomingMessage } from 'node:http';
import { get as getPlain } from 'node:http';
import { get as getEncrypted } from 'node:https';
import { type Refusal, refusal } from '@sceneport/protocol';
import { unixPath } from '@sceneport/server';
import { nativePort } from '../multi-user/gateway.ts';
import type { OptionValues } from '../options/table.ts';

const ANSWER_MS = 4000;

/**
 * Asks `/healthz` of the server on this machine; the answer is its text, `unreachable` when it does not say that it is
 * well. The certificate is not checked: whoever can listen on this machine's own address can as well stop the server.
 */
export async function checkHealth(values: OptionValues): Promise<string | Refusal> {
  const { behindProxy } = values;
  const port = nativePort(values);
  const socketPath = unixPath(values.bind);
  const place = socketPath === null ? { host: hostOf(values.bind), port } : { socketPath };
  const request = { ...place, path: '/healthz', timeout: ANSWER_MS };
  return new Promise((resolve) => {
    const onResponse = (response: IncomingMessage): void => {
      response.resume();
      const isWell = response.statusCode === 200;
      resolve(
        isWell ? 'The server is well.' : refusal('unreachable', `The server says ${response.statusCode}.`),
      );
    };
    const sent = behindProxy
      ? getPlain(request, onResponse)
      : getEncrypted({ ...request, rejectUnauthorized: false }, onResponse);
    sent.on('timeout', () => sent.destroy(new Error('no answer in time')));
    sent.on('error', (error) =>
      resolve(
        refusal(
          'unreachable',
          `No server answers on ${socketPath ?? `port ${port}`} of this machine: ${error.message}.`,
        ),
      ),
    );
  });
}

function hostOf(bind: string): string {
  return bind === '::' || bind === '0.0.0.0' ? '127.0.0.1' : bind;
}
