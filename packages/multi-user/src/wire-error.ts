/** What arrived was refused: it is broken, larger than allowed, or asks for more than data. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
