// Imported by a process, lets it find 127.0.0.1 under every name that ends in .test (RFC 6761 §6.2), as pebble's DNS says.
import dns from 'node:dns';

type Lookup = (name: string, options: dns.LookupOptions, done: (...found: unknown[]) => void) => void;

const lookup = dns.lookup as Lookup;

dns.lookup = ((name, options, done) => {
  if (!name.endsWith('.test')) return lookup(name, options, done);
  const found = { address: '127.0.0.1', family: 4 };
  process.nextTick(() => (options.all ? done(null, [found]) : done(null, found.address, found.family)));
}) satisfies Lookup as typeof dns.lookup;
