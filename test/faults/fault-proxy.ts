import type { AddressInfo } from "node:net";
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";

/** A statement on its way to PostgreSQL. */
export type ProxiedStatement = {
  readonly connection: ProxiedConnection;
  /** Counted from 1 on its connection. */
  readonly nth: number;
  /** Of a simple query its text; of an extended one that of its Parse message, empty where it was parsed before. */
  readonly text: string;
};

/** What becomes of a statement: `reset` and `blackHole` do not pass it on, `loseAnswer` passes it and resets then. */
export type StatementFate = "pass" | "reset" | "blackHole" | "loseAnswer";

export type FaultProxyOptions = {
  /** Called for each statement of the PostgreSQL protocol before it is passed on. Without it, bytes are not looked at. */
  readonly onStatement?: (statement: ProxiedStatement) => StatementFate | Promise<StatementFate>;
};

/** A client's connection, and the one behind it. */
export class ProxiedConnection {
  readonly #near: Socket;
  readonly #far: Socket;
  #statements = 0;
  #isBlackHole = false;
  /** The text of the first statement: tells connections of one pool apart. */
  first: string | undefined;
  losesNextAnswer = false;

  constructor(near: Socket, far: Socket) {
    this.#near = near;
    this.#far = far;
  }

  get isBlackHole(): boolean {
    return this.#isBlackHole;
  }

  nextStatement(): number {
    return ++this.#statements;
  }

  /** Breaks it off on both sides, as a router does that was restarted. */
  reset(): void {
    this.#near.resetAndDestroy();
    // A Unix socket knows no reset.
    this.#far.destroy();
  }

  /** From now on all bytes are acknowledged and dropped, and the end of one side is not told to the other. For good. */
  blackHole(): void {
    this.#isBlackHole = true;
  }

  destroy(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}

/**
 * Passes TCP connections on to another address, and disturbs them: all at once, or each at one of its statements.
 *
 * `cut` resets, `stall` holds bytes back until `resume`, `blackHole` drops them for good, `delay` slows them down.
 */
export class FaultProxy {
  readonly #server: Server;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #options: FaultProxyOptions;
  #stalled: { readonly over: Promise<void>; readonly end: () => void } | null = null;
  #newAreBlackHoles = false;
  #delay = 0;
  #accepted = 0;

  private constructor(target: NetConnectOpts, options: FaultProxyOptions) {
    this.#options = options;
    this.#server = createServer((near) => this.#accept(near, connect(target)));
  }

  static async start(target: NetConnectOpts, options: FaultProxyOptions = {}): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, options);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Open connections, oldest first. */
  get connections(): readonly ProxiedConnection[] {
    return [...this.#connections];
  }

  /** Connections that were accepted since the start, or since the last `stall` or `blackHole`. */
  get accepted(): number {
    return this.#accepted;
  }

  /** From now on no byte passes; new connections are accepted, and wait. Returns how many connections are held. */
  stall(): number {
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#stalled ??= { over, end };
    this.#accepted = 0;
    return this.#connections.size;
  }

  /** Ends `stall`. Returns how many connections came meanwhile. */
  resume(): number {
    this.#stalled?.end();
    this.#stalled = null;
    return this.#accepted;
  }

  /** Drops all bytes of the open connections from now on, and of those that come before `accept`. Returns how many are open. */
  blackHole({ alsoNew = true } = {}): number {
    for (const connection of this.#connections) connection.blackHole();
    this.#newAreBlackHoles = alsoNew;
    this.#accepted = 0;
    return this.#connections.size;
  }

  /** New connections pass again after `blackHole`; those that were dropped stay so. Returns how many came meanwhile. */
  accept(): number {
    this.#newAreBlackHoles = false;
    return this.#accepted;
  }

  /** Delays each piece of data by so many milliseconds from now on; 0 ends it. */
  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Resets all open connections. Returns how many there were. */
  cut(): number {
    const open = this.connections;
    for (const connection of open) connection.reset();
    return open.length;
  }

  async close(): Promise<void> {
    this.resume();
    for (const connection of this.#connections) connection.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #accept(near: Socket, far: Socket): void {
    const connection = new ProxiedConnection(near, far);
    this.#connections.add(connection);
    this.#accepted++;
    if (this.#newAreBlackHoles) connection.blackHole();
    const { onStatement } = this.#options;
    const inspect = onStatement === undefined ? undefined : statementReader(connection, onStatement);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        // Of a connection that was dropped, the other side is to learn nothing.
        if (!connection.isBlackHole) to.destroy();
        this.#connections.delete(connection);
      });
      this.#pump(connection, from, to, from === near ? inspect : undefined).catch(() => from.destroy());
    }
  }

  async #pump(
    connection: ProxiedConnection,
    from: Socket,
    to: Socket,
    inspect: ((data: Buffer, pass: (data: Buffer) => void) => Promise<void>) | undefined,
  ): Promise<void> {
    const isAnswer = inspect === undefined;
    const pass = (data: Buffer) => void (connection.isBlackHole || to.destroyed || to.write(data));
    for await (const data of from as AsyncIterable<Buffer>) {
      while (this.#stalled !== null) await this.#stalled.over;
      if (this.#delay > 0) await new Promise((resolve) => setTimeout(resolve, this.#delay));
      if (connection.isBlackHole) continue;
      if (isAnswer && connection.losesNextAnswer) connection.reset();
      else if (inspect === undefined) pass(data);
      else await inspect(data, pass);
      if (to.writableNeedDrain) await drained(to);
    }
    if (!connection.isBlackHole) to.end();
  }
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve).once("close", () => resolve());
  });
}

/** Takes the frontend's messages apart, and calls for each statement: a Query, or an Execute. */
function statementReader(
  connection: ProxiedConnection,
  onStatement: NonNullable<FaultProxyOptions["onStatement"]>,
): (data: Buffer, pass: (data: Buffer) => void) => Promise<void> {
  let rest: Buffer = Buffer.alloc(0);
  let hasStarted = false;
  let parsed = "";
  return async (data, pass) => {
    rest = rest.length === 0 ? data : Buffer.concat([rest, data]);
    for (;;) {
      // Only the startup message has no type.
      const header = hasStarted ? 1 : 0;
      if (rest.length < header + 4) return;
      const length = header + rest.readInt32BE(header);
      if (rest.length < length) return;
      const message = rest.subarray(0, length);
      rest = rest.subarray(length);
      const type = hasStarted ? String.fromCharCode(message[0] ?? 0) : "";
      hasStarted = true;
      if (type === "P") parsed = message.subarray(message.indexOf(0, 5) + 1).toString();
      if (type === "Q" || type === "E") {
        const text = type === "Q" ? message.subarray(5, -1).toString() : parsed;
        parsed = "";
        connection.first ??= text;
        const fate = await onStatement({ connection, nth: connection.nextStatement(), text });
        if (fate === "reset") return connection.reset();
        if (fate === "blackHole") return connection.blackHole();
        if (fate === "loseAnswer") connection.losesNextAnswer = true;
      }
      pass(message);
    }
  };
}
