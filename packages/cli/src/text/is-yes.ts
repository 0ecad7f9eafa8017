/** True when somebody agrees; anything but a clear yes does not. */
export function isYes(answer: string): boolean {
  return /^\s*y(es)?\s*$/i.test(answer);
}
