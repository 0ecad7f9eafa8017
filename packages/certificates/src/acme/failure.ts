/** What kept a certificate from coming. */
export type FailureKind =
  /** No connection to the authority. */
  | 'unreachable'
  /** It did not finish in time. */
  | 'timeout'
  /** It says no. */
  | 'refused'
  /** It could not see that the name leads here. */
  | 'not-proved'
  /** What it says makes no sense. */
  | 'bad-answer'
  /** It gave a certificate that is not for this server. */
  | 'wrong-certificate'
  /** The data folder takes nothing, so nothing was asked for. */
  | 'not-written';

/** Why there is no new certificate. */
export interface OrderFailure {
  readonly kind: FailureKind;
  /** In words, of which some may be the authority's: at most 400 letters, and not harmless to a terminal. */
  readonly reason: string;
  /** For so long the authority does not want to be asked again; null where it does not say. */
  readonly retryAfterMs: number | null;
}

const MOST_LETTERS = 400;

export function failure(kind: FailureKind, reason: string, retryAfterMs: number | null = null): OrderFailure {
  return { kind, reason: reason.slice(0, MOST_LETTERS), retryAfterMs };
}

/** Tells a failure from what else may come of an order. */
export function isFailure<Outcome extends object | string>(
  outcome: Outcome | OrderFailure,
): outcome is OrderFailure {
  return typeof outcome === 'object' && 'kind' in outcome && 'retryAfterMs' in outcome;
}

/** Thrown through `acme-client` by what knows better than it what is wrong. */
export class OrderError extends Error {
  readonly failure: OrderFailure;
  /** The type of the authority's refusal (RFC 8555 §6.7), where it is one that says so. */
  readonly problem: unknown;

  constructor(
    kind: FailureKind,
    reason: string,
    retryAfterMs: number | null = null,
    problem: unknown = null,
  ) {
    super(reason);
    this.failure = failure(kind, reason, retryAfterMs);
    this.problem = problem;
  }
}
