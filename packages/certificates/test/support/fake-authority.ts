import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import * as x509 from '@peculiar/x509';
import { Signer } from './signing.ts';

/** subjectAltName (RFC 5280 §4.2.1.6). */
const NAMES = '2.5.29.17';

/** What a test has the authority say in place of what it would. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
  /** What comes after the body: nothing for ever, or the end of the connection. Without it: the end of the answer. */
  readonly after?: 'nothing' | 'cut';
}

/** `hang`: it says nothing. */
export type Habit = () => Answer | 'hang' | Promise<Answer | 'hang'>;

/** An authority (RFC 8555) that believes everything, and that a test can teach to misbehave. */
export class FakeAuthority {
  readonly signer: Signer;
  /** Habits by path, such as `/new-order`. */
  readonly habits = new Map<string, Habit>();
  /** Requests by path, in order. */
  readonly asked: string[] = [];
  /** How long what it signs is valid. */
  lifetime: { readonly fromMs?: number; readonly untilMs?: number } = {};
  #origin = '';
  #hasAccount = false;
  #state = 'pending';
  #chain = '';
  /** Called when it is told to look at the proof. */
  onChallenge: () => void = () => {};

  private constructor(signer: Signer) {
    this.signer = signer;
  }

  /** On a free port of loopback, trusted by this process; it ends with the test. */
  static async start(t: TestContext): Promise<FakeAuthority> {
    const signer = await Signer.make();
    const { key, certificate } = await signer.signForLoopback();
    const authority = new FakeAuthority(signer);
    const server = createServer({ key, cert: certificate }, (request, response) => {
      void authority.#answer(request, response);
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    authority.#origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    setDefaultCACertificates([...getCACertificates(), signer.certificate]);
    t.after(() => {
      server.closeAllConnections();
      server.close();
    });
    return authority;
  }

  get directory(): string {
    return `${this.#origin}/directory`;
  }

  /** How many orders have been placed. */
  get orders(): number {
    return this.asked.filter((path) => path === '/new-order').length;
  }

  /** From now on it says nothing at a path; resolves when it is asked there. */
  hangAt(path: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.habits.set(path, () => {
      resolve();
      return 'hang';
    });
    return promise;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.asked.push(path);
    const body = Buffer.concat(await request.toArray()).toString();
    const usual = await this.#usual(path, body);
    const answer = (await this.habits.get(path)?.()) ?? usual;
    if (answer === 'hang') return;
    const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {});
    response.writeHead(answer.status ?? 200, { 'replay-nonce': 'bm9uY2U', ...answer.headers }).write(text);
    if (answer.after === undefined) response.end();
    if (answer.after === 'cut') response.destroy();
  }

  async #usual(path: string, body: string): Promise<Answer> {
    const at = (to: string): string => `${this.#origin}${to}`;
    switch (path) {
      case '/directory':
        return {
          body: { newNonce: at('/nonce'), newAccount: at('/new-account'), newOrder: at('/new-order') },
        };
      case '/new-account':
        return this.#account(payloadOf(body), at('/account'));
      case '/account':
        // As real ones do: nothing is no change.
        return payloadOf(body) === null ? {} : { status: 400, body: { detail: 'Nothing would change.' } };
      case '/new-order':
        this.#state = 'pending';
        return { status: 201, headers: { location: at('/order') }, body: this.#order() };
      case '/authorization':
        return {
          body: {
            status: 'pending',
            challenges: [{ type: 'tls-alpn-01', token: 'token', url: at('/challenge') }],
          },
        };
      case '/challenge':
        this.onChallenge();
        this.#state = 'ready';
        return {};
      case '/finalize':
        this.#state = 'valid';
        this.#chain = await this.#sign(body);
        return { body: this.#order() };
      case '/certificate':
        return { body: this.#chain };
      default:
        return { body: this.#order() };
    }
  }

  #account(wish: Record<string, unknown> | null, location: string): Answer {
    if (this.#hasAccount) return { status: 200, headers: { location } };
    if (wish?.onlyReturnExisting === true)
      return { status: 400, body: { type: 'urn:ietf:params:acme:error:accountDoesNotExist' } };
    this.#hasAccount = wish?.termsOfServiceAgreed === true;
    return { status: this.#hasAccount ? 201 : 403, headers: { location } };
  }

  #order(): Record<string, unknown> {
    return {
      status: this.#state,
      authorizations: [`${this.#origin}/authorization`],
      finalize: `${this.#origin}/finalize`,
      certificate: `${this.#origin}/certificate`,
    };
  }

  /** Signs what the request is for. */
  async #sign(body: string): Promise<string> {
    const { csr } = payloadOf(body) ?? {};
    const request = new x509.Pkcs10CertificateRequest(Buffer.from(String(csr), 'base64url'));
    const { names } = new x509.SubjectAlternativeNameExtension(request.getExtension(NAMES)!.rawData);
    const own = await this.signer.sign({
      publicKey: request.publicKey,
      names: names.toJSON(),
      ...this.lifetime,
    });
    return `${own}\n${this.signer.certificate}\n`;
  }
}

/** What a request says (RFC 7515); null where it only asks for something. */
function payloadOf(body: string): Record<string, unknown> | null {
  const { payload } = JSON.parse(body);
  return payload === '' ? null : JSON.parse(Buffer.from(payload, 'base64url').toString());
}
