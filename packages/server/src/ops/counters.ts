/** What the server counts of itself since its start; `/metrics` and the commands read it. */
export class Counters {
  connections = 0;
  connectionsTotal = 0;
  events = 0;
  rejected = 0;
  framesIn = 0;
  bytesIn = 0;
  framesOut = 0;
  bytesOut = 0;
  loginsRefused = 0;
  badFrames = 0;
}
