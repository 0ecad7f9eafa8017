import { isIPv4 } from 'node:net';

/** Lines of `/proc/net/route` of Linux: fields are separated by tabs, addresses are hexadecimal in the order of the machine. */
const FIELDS = { destination: 1, gateway: 2, flags: 3, metric: 6, mask: 7 } as const;
/** RTF_UP and RTF_GATEWAY of `linux/route.h`. */
const UP_AND_GATEWAY = 0x3;

/**
 * The default gateway in the text of `/proc/net/route` (Linux; see proc(5)), that with the smallest metric, or null.
 * `isLittleEndian`: of the machine whose text it is.
 */
export function gatewayOfLinux(text: string, isLittleEndian: boolean): string | null {
  const routes = text
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t').map((field) => field.trim()))
    .filter(
      (fields) =>
        fields[FIELDS.destination] === '00000000' &&
        fields[FIELDS.mask] === '00000000' &&
        /^[0-9A-F]{8}$/i.test(fields[FIELDS.gateway] ?? '') &&
        (Number.parseInt(fields[FIELDS.flags] ?? '', 16) & UP_AND_GATEWAY) === UP_AND_GATEWAY,
    )
    .toSorted((left, right) => Number(left[FIELDS.metric]) - Number(right[FIELDS.metric]));
  const gateway = routes[0]?.[FIELDS.gateway];
  if (gateway === undefined) return null;
  const bytes = [...Buffer.from(gateway, 'hex')];
  return (isLittleEndian ? bytes.toReversed() : bytes).join('.');
}

/** The default gateway in what `route -n get default` prints on macOS, or null. Not tried on such a machine. */
export function gatewayOfMac(text: string): string | null {
  const address = /^\s*gateway:\s*(\S+)\s*$/m.exec(text)?.[1] ?? '';
  return isIPv4(address) ? address : null;
}

/**
 * The default gateway in what `route print -4 0.0.0.0` prints on Windows, that with the smallest metric, or null. Only the
 * numbers are looked at: the words are in the language of the user. Not tried on such a machine.
 */
export function gatewayOfWindows(text: string): string | null {
  const routes = [...text.matchAll(/^\s*0\.0\.0\.0\s+0\.0\.0\.0\s+(\S+)\s+\S+\s+(\d+)\s*$/gm)]
    .map(([, gateway = '', metric]) => ({ gateway, metric: Number(metric) }))
    .filter(({ gateway }) => isIPv4(gateway))
    .toSorted((left, right) => left.metric - right.metric);
  return routes[0]?.gateway ?? null;
}
