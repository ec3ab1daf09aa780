import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";

/** A request whose body has been read, as one that has not. */
export class ReplayedRequest extends Readable {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly socket: Socket;
  #body: Buffer | null;

  constructor({ method, url, headers, socket }: IncomingMessage, body: Buffer) {
    super();
    this.method = method;
    this.url = url;
    this.headers = headers;
    this.socket = socket;
    this.#body = body;
  }

  override _read(): void {
    if (this.#body !== null && this.#body.length > 0) this.push(this.#body);
    this.#body = null;
    this.push(null);
  }
}
