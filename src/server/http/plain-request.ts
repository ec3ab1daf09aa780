import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * What plugins and resolvers read of a Fetch `Request`, over Node's own: making a true one costs more than answering
 * many a query. Its body has been read.
 */
class PlainRequest {
  readonly method: string;
  readonly headers: { get(name: string): string | null; has(name: string): boolean };
  readonly signal: AbortSignal;
  readonly #request: IncomingMessage;

  constructor(request: IncomingMessage, signal: AbortSignal) {
    this.#request = request;
    this.method = request.method ?? "GET";
    this.signal = signal;
    this.headers = {
      get: (name) => headerOf(request, name),
      has: (name) => headerOf(request, name) !== null,
    };
  }

  get url(): string {
    return `http://${this.#request.headers.host ?? "localhost"}${this.#request.url ?? "/"}`;
  }
}

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name.toLowerCase()];
  return value === undefined ? null : Array.isArray(value) ? value.join(", ") : value;
}

/** Its signal is aborted when the client goes away before the answer is sent. */
export function plainRequest(request: IncomingMessage, response: ServerResponse): Request {
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) gone.abort();
  });
  // A `Request` has far more members; nothing here reads another, and one that did would see undefined.
  return new PlainRequest(request, gone.signal) as unknown as Request;
}
