const UNITS_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
  w: 7 * 24 * 60 * 60_000,
};

/** The milliseconds that `30m`, `12h`, `2d` or `1w` stand for; null for anything else. */
export function readDuration(text: string): number | null {
  const [, count, unit] = /^([1-9]\d{0,4})([mhdw])$/.exec(text) ?? [];
  return count === undefined ? null : Number(count) * UNITS_MS[unit!]!;
}
