export type FollowState = "connecting" | "listening" | "lost";

/** An event of a stream: its answer as JSON text, and the id to resume after. */
export type StreamEvent = { readonly id: string; readonly data: string };

export type StreamListeners = {
  readonly event: (event: StreamEvent) => void;
  readonly state: (state: FollowState) => void;
};

const pauseBeforeReconnect = 5_000;

/**
 * Opens a stream of Server-Sent Events until the returned function is called. The browser reconnects a connection that
 * breaks, with the last id it saw; one that the server ends or refuses is reconnected here. `addressAfter` gives the
 * address that resumes after an id.
 */
export function openStream(
  addressAfter: (id: string | null) => string,
  after: string | null,
  { event, state }: StreamListeners,
): () => void {
  let last = after;
  let events: EventSource;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    state("connecting");
    events = new EventSource(addressAfter(last));
    events.addEventListener("open", () => state("listening"));
    events.addEventListener("next", ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId !== "") last = lastEventId;
      event({ id: lastEventId, data });
    });
    events.addEventListener("complete", reconnect);
    events.addEventListener("error", () => {
      state("lost");
      if (events.readyState === EventSource.CLOSED) reconnect();
    });
  };
  const reconnect = () => {
    events.close();
    state("lost");
    clearTimeout(pause);
    pause = setTimeout(open, pauseBeforeReconnect);
  };
  open();
  return () => {
    clearTimeout(pause);
    events.close();
  };
}
