/** `@sceneport/certificates`: certificates of public authorities, for browsers. */

export type { OrderFailure } from './acme/failure.ts';
export type { NameProof } from './acme/order.ts';
export { CertificateStore, endOf, type KeptCertificate } from './certificate-store.ts';
export { type CertificateChain, type CertificateOwner, readChain } from './chain.ts';
export type { Clock } from './clock.ts';
export { readDnsName } from './dns-name.ts';
export {
  type CertificateStatus,
  PublicCertificate,
  type PublicCertificateOptions,
} from './public-certificate.ts';
