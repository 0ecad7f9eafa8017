import type { Authorization, Client, Order } from 'acme-client';
import { type CertificateChain, type CertificateOwner, readChain } from '../chain.ts';
import type { Clock } from '../clock.ts';
import { withinBounds } from './bounded-adapter.ts';
import { type Acme, loadAcme } from './client.ts';
import { failure, OrderError, type OrderFailure } from './failure.ts';

/** What a server shows an authority to prove that a name leads to it (RFC 8737), PEM both. */
export interface NameProof {
  readonly key: string;
  readonly certificate: string;
}

/** A certificate that is wanted. */
export interface OrderWish extends CertificateOwner {
  /** The address of the authority's directory (RFC 8555 §7.1.1). */
  readonly authority: string;
  /** PKCS #8, PEM: by which the authority knows who asks. */
  readonly accountKey: string;
  /** Has the server show the proof to the authority. */
  readonly prove: (proof: NameProof) => void;
  readonly clock: Clock;
}

/** So long an order may take; validation and issuance take seconds. */
const ORDER_MS = 5 * 60_000;
const FIRST_POLL_MS = 250;
const LONGEST_POLL_MS = 8000;
const CHALLENGE = 'tls-alpn-01';
const NO_ACCOUNT = 'urn:ietf:params:acme:error:accountDoesNotExist';

/**
 * Orders a certificate by ACME (RFC 8555), which agrees to the terms of the authority. Whatever the authority does, it ends within
 * 5 minutes or when `closing` is aborted, as a value.
 */
export async function orderCertificate(
  wish: OrderWish,
  closing: AbortSignal,
): Promise<CertificateChain | OrderFailure> {
  const late = new AbortController();
  const cancel = wish.clock.after(ORDER_MS, () => late.abort());
  const signal = AbortSignal.any([closing, late.signal]);
  const { origin } = new URL(wish.authority);
  try {
    return await Promise.race([withinBounds({ origin, signal }, () => order(wish, signal)), aborted(signal)]);
  } catch (error) {
    if (late.signal.aborted) return failure('timeout', 'the authority did not finish within 5 minutes');
    if (error instanceof OrderError) return error.failure;
    // Answers that make no sense end anywhere in acme-client, as TypeError or in its own words.
    return failure('bad-answer', (error as Error).message);
  } finally {
    cancel();
  }
}

async function order(wish: OrderWish, signal: AbortSignal): Promise<CertificateChain> {
  const { name, key, authority, accountKey } = wish;
  const acme = await loadAcme();
  const client = new acme.Client({ directoryUrl: authority, accountKey });
  await openAccount(client);
  const placed = await client.createOrder({ identifiers: [{ type: 'dns', value: name }] });
  await proveName(acme, client, placed, wish);
  const ready = await untilDecided(client, placed, wish.clock, signal);
  // The name stands in no common name, for which 64 letters are the most: a code has 52.
  const [, request] = await acme.crypto.createCsr({ altNames: [name] }, key);
  const done = await untilDecided(client, await client.finalizeOrder(ready, request), wish.clock, signal);
  const chain = readChain(String(await client.getCertificate(done)), wish, wish.clock.now());
  if (typeof chain === 'string')
    throw new OrderError(
      'wrong-certificate',
      `the authority gave a certificate that cannot be used: ${chain}`,
    );
  return chain;
}

/**
 * Finds the account of the key, or makes it, which agrees to the terms. It is looked for first: of one that is there `acme-client`
 * would ask for a change that changes nothing, which not every authority takes.
 */
async function openAccount(client: Client): Promise<void> {
  try {
    await client.createAccount({ onlyReturnExisting: true });
  } catch (error) {
    if (!(error instanceof OrderError) || error.problem !== NO_ACCOUNT) throw error;
    await client.createAccount({ termsOfServiceAgreed: true });
  }
}

/** Shows the authority the proof that it asks for, unless it remembers an earlier one. */
async function proveName(acme: Acme, client: Client, placed: Order, wish: OrderWish): Promise<void> {
  const authorization = await authorizationOf(client, placed);
  if (authorization.status === 'valid') return;
  const challenge = challengeOf(authorization);
  if (challenge === undefined || !isToken(challenge.token))
    throw new OrderError('refused', `the authority does not offer ${CHALLENGE}`);
  const answer = await client.getChallengeKeyAuthorization(challenge);
  // Of a key of its own: nothing that an authority chooses is signed by the server's. P-256 as that is, for Node to show it.
  const proofKey = await acme.crypto.createPrivateEcdsaKey('P-256');
  const named = { ...authorization, identifier: { type: 'dns', value: wish.name } };
  const [, certificate] = await acme.crypto.createAlpnCertificate(named, answer, proofKey);
  wish.prove({ key: proofKey.toString(), certificate: certificate.toString() });
  await client.completeChallenge(challenge);
}

/** Of the letters of base64url (RFC 8737 §3). */
function isToken(token: unknown): boolean {
  return typeof token === 'string' && /^[\w-]{1,256}$/.test(token);
}

/** An order for one name has one authorization. */
async function authorizationOf(client: Client, placed: Order): Promise<Authorization> {
  if (placed.authorizations?.length !== 1)
    throw new OrderError('bad-answer', 'the authority does not want exactly one name proved');
  const [authorization] = await client.getAuthorizations(placed);
  return authorization!;
}

function challengeOf({ challenges }: Authorization): Authorization['challenges'][number] | undefined {
  return challenges.find(({ type }: { readonly type: string }) => type === CHALLENGE);
}

/** Asks for the order until the authority has made up its mind (RFC 8555 §7.1.6). */
async function untilDecided(
  client: Client,
  placed: Order,
  clock: Clock,
  signal: AbortSignal,
): Promise<Order> {
  let current = placed;
  for (let waitMs = FIRST_POLL_MS; ; waitMs = Math.min(LONGEST_POLL_MS, waitMs * 2)) {
    if (current.status === 'ready' || current.status === 'valid') return current;
    if (current.status !== 'pending' && current.status !== 'processing')
      throw new OrderError('not-proved', await whyInvalid(client, current));
    await passed(clock, waitMs, signal);
    current = await client.getOrder(placed);
  }
}

/** What the authority says of the challenge that failed. */
async function whyInvalid(client: Client, invalid: Order): Promise<string> {
  const { detail } = Object(challengeOf(await authorizationOf(client, invalid))?.error);
  return typeof detail === 'string' ? detail : 'the authority does not say why';
}

function passed(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, resolve);
  return Promise.race([promise, aborted(signal)]).finally(cancel);
}

/** Rejects when `signal` is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
