import { readDnsName } from '@sceneport/certificates';
import { type Address, type Refusal, refusal } from '@sceneport/protocol';
import type { OptionValues } from '../options/table.ts';

/** Certificates that the options ask for. */
export interface CertificateWishes {
  /** The address of the authority's directory. */
  readonly authority: string;
  readonly names: readonly WishedName[];
}

export interface WishedName {
  /** A DNS name that leads to the server, or to the relay. */
  readonly host: string;
  /** The relay whose name it is: the certificate is for the server's code below that. Null: it is the server's own. */
  readonly relay: Address | null;
}

/** Reads what `--certificate` and `--certificate-authority` give; `bad-option` where nobody gives a certificate for that. */
export function readCertificateWishes(
  { certificate, certificateAuthority, behindProxy }: OptionValues,
  relays: readonly Address[],
): CertificateWishes | Refusal {
  if (certificate.length > 0 && behindProxy)
    return refusal(
      'bad-option',
      'Behind a proxy it is the proxy that shows a certificate. Leave out --certificate.',
    );
  if (!isAuthority(certificateAuthority)) {
    return refusal(
      'bad-option',
      `"${certificateAuthority}" is no address of an authority: it begins with https:// (--certificate-authority).`,
    );
  }
  const names = new Map<string, WishedName>();
  for (const text of certificate) {
    const host = readDnsName(text);
    if (host === null) {
      return refusal(
        'bad-option',
        `"${text}" is no DNS name for which an authority gives certificates, such as scene.example.org (--certificate).`,
      );
    }
    names.set(host, { host, relay: relays.find((relay) => readDnsName(relay.host) === host) ?? null });
  }
  return { authority: certificateAuthority, names: [...names.values()] };
}

function isAuthority(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return protocol === 'https:' && username === '' && password === '';
}
