/** `host:port` of a text that names a host and perhaps a port: `port` where it names none. */
export function withPort(text: string, port: number): string {
  return /(^[^:]+|\]):[0-9]+$/.test(text) ? text : `${text}:${port}`;
}
