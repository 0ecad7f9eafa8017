import type * as acmeClient from 'acme-client';
import { boundedAdapter } from './bounded-adapter.ts';

/** `acme-client`, loaded when it is needed first: most servers never need it, and it takes its time. */
export async function loadAcme(): Promise<typeof acmeClient> {
  const { default: acme } = (await import('acme-client')) as unknown as { default: typeof acmeClient };
  acme.axios.defaults.adapter = boundedAdapter;
  return acme;
}
