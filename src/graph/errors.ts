/** The graph cannot answer: it is not in memory (yet), a thread of it has died, or it was closed. May be asked again. */
export class GraphUnavailableError extends Error {
  override readonly name = "GraphUnavailableError";
}
