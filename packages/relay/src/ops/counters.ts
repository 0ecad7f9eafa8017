/** What a relay counts, since its start. */
export class Counters {
  connections = 0;
  /** Turned away: too many, unknown hosts, and what no relay is asked for. */
  refused = 0;
  joiners = 0;
  bytes = 0;
}
