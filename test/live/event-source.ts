/** A `next` event of GraphQL over SSE. */
export type StreamEvent = {
  readonly id: string | null;
  readonly data: { data?: Record<string, unknown>; errors?: { extensions: Record<string, unknown> }[] };
};

/** A client of an event stream. It remembers the last id, as browsers do, and counts comments. */
export class EventStream {
  lastEventId: string | null = null;
  comments = 0;
  /** Whether the server has sent `complete`. */
  isComplete = false;
  readonly #abort = new AbortController();
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  #text = "";

  private constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  static async open(
    url: string,
    query: string,
    {
      variables = {},
      lastEventId = null,
      headers = {},
    }: { variables?: object; lastEventId?: string | null; headers?: Record<string, string> } = {},
  ): Promise<EventStream> {
    const parameters = new URLSearchParams({ query, variables: JSON.stringify(variables) });
    const abort = new AbortController();
    const response = await fetch(`${url}/graphql?${parameters}`, {
      headers: {
        accept: "text/event-stream",
        ...headers,
        ...(lastEventId !== null && { "last-event-id": lastEventId }),
      },
      signal: abort.signal,
    });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream") || response.body === null) {
      throw new Error(`No event stream: ${response.status} ${await response.text()}`);
    }
    const stream = new EventStream(response.body);
    stream.#abort.signal.addEventListener("abort", () => abort.abort());
    stream.lastEventId = lastEventId;
    return stream;
  }

  /** The next event; null once the stream has ended. */
  async next(): Promise<StreamEvent | null> {
    for (;;) {
      const block = await this.#block();
      if (block === null) return null;
      const fields = block.split("\n").map((line) => /^([^:]*):? ?(.*)$/s.exec(line)?.slice(1) ?? ["", ""]);
      const fieldOf = (name: string) => fields.findLast(([field]) => field === name)?.[1] ?? null;
      this.comments += fields.filter(([field]) => field === "").length;
      this.lastEventId = fieldOf("id") ?? this.lastEventId;
      const data = fieldOf("data");
      if (fieldOf("event") === "complete") this.isComplete = true;
      else if (data !== null) return { id: fieldOf("id"), data: JSON.parse(data) as StreamEvent["data"] };
    }
  }

  /** Resolves after `count` heartbeat comments. Events in between are skipped. */
  async beats(count: number): Promise<void> {
    const wanted = this.comments + count;
    while (this.comments < wanted) {
      const block = await this.#block();
      if (block === null) throw new Error("The stream ended.");
      for (const line of block.split("\n")) {
        if (line.startsWith(":")) this.comments++;
        if (line.startsWith("id: ")) this.lastEventId = line.slice(4);
      }
    }
  }

  close(): void {
    this.#abort.abort();
  }

  async #block(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { done, value } = await this.#reader.read().catch(() => ({ done: true, value: undefined }));
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }
}
