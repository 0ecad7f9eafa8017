// `idle-hosts.ts PORT COUNT` keeps so many servers registered at the relay on this machine, each by a key of its own, as
// servers do it. Prints {"registered": COUNT} whenever all are, until it is killed.
import { generateKeyPairSync } from 'node:crypto';
import { codeOfKey } from '@sceneport/protocol';
import { RelayHost } from '@sceneport/relay';
import { silentLogger, systemClock } from '@sceneport/server';

const [port, count] = process.argv.slice(2).map(Number) as [number, number];
let registered = 0;

function startHost(): void {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const code = codeOfKey(publicKey.export({ type: 'spki', format: 'der' }));
  let isRegistered = false;
  new RelayHost({
    relay: { host: '127.0.0.1', port },
    identities: [{ key, code }],
    take: (leg) => leg.destroy(),
    changed({ state }) {
      const was = isRegistered;
      isRegistered = state === 'registered';
      registered += Number(isRegistered) - Number(was);
      if (isRegistered && registered === count) process.stdout.write(`${JSON.stringify({ registered })}\n`);
    },
    log: silentLogger,
    clock: systemClock,
  });
}

for (let index = 0; index < count; index += 1) startHost();
// The clock keeps no process alive, nor do connections between two attempts.
setInterval(() => {}, 60_000);
