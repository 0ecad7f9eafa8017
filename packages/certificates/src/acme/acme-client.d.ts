// The parts of acme-client that are used, with the types that it gives to the whole.

declare module 'acme-client/src/client.js' {
  import { Client } from 'acme-client';
  export default Client;
}

declare module 'acme-client/src/crypto/index.js' {
  import type { CryptoInterface } from 'acme-client';

  const crypto: CryptoInterface;
  export default crypto;
}

declare module 'acme-client/src/axios.js' {
  import type { axios as Axios } from 'acme-client';

  const axios: typeof Axios;
  export default axios;
}
