/// <reference path="./acme-client.d.ts" />
import type { Client, CryptoInterface } from 'acme-client';
import { boundedAdapter } from './bounded-adapter.ts';

/** The parts of `acme-client` that an order takes. */
export interface Acme {
  readonly Client: typeof Client;
  readonly crypto: CryptoInterface;
}

/**
 * Loads `acme-client` when it is needed first: most servers never need it, and it takes a third of a second. Its main file
 * would bring node-forge along, for a way of making keys that is not used: twice that time, and 600 KB in the one-file program.
 */
export async function loadAcme(): Promise<Acme> {
  const [client, crypto, axios] = await Promise.all([
    import('acme-client/src/client.js'),
    import('acme-client/src/crypto/index.js'),
    import('acme-client/src/axios.js'),
  ]);
  axios.default.defaults.adapter = boundedAdapter;
  return { Client: client.default, crypto: crypto.default };
}
