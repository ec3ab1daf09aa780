import type { AddressInfo } from "node:net";
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";

/** A statement on its way to PostgreSQL. */
export type ProxiedStatement = {
  readonly connection: ProxiedConnection;
  /** Counted from 1 on its connection. */
  readonly nth: number;
  /** The text of a simple query or of an extended query's Parse message; empty if it was parsed before. */
  readonly text: string;
};

/** The fate of a statement: `reset` and `blackHole` do not forward it, `loseAnswer` forwards it and then resets. */
export type StatementFate = "pass" | "reset" | "blackHole" | "loseAnswer";

export type FaultProxyOptions = {
  /** Called for each statement of the PostgreSQL protocol before it is forwarded. Without it, bytes are not parsed. */
  readonly onStatement?: (statement: ProxiedStatement) => StatementFate | Promise<StatementFate>;
};

/** A client's connection, and the one behind it. */
export class ProxiedConnection {
  readonly #near: Socket;
  readonly #far: Socket;
  #statements = 0;
  #isBlackHole = false;
  /** The text of the first statement, by which connections of a pool can be distinguished. */
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

  /** Resets both sides, like a restarted router. */
  reset(): void {
    this.#near.resetAndDestroy();
    // A Unix socket has no reset.
    this.#far.destroy();
  }

  /** From now on acknowledges and drops all bytes, and hides the end of one side from the other. Permanent. */
  blackHole(): void {
    this.#isBlackHole = true;
  }

  destroy(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}

/**
 * Forwards TCP connections to another address, and disturbs them: all at once, or each at one of its statements.
 *
 * `cut` resets, `stall` delays bytes until `resume`, `blackHole` drops them, `delay` slows them down.
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

  /** The number of connections accepted since the start, or since the last `stall` or `blackHole`. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Stops forwarding; new connections are accepted, and wait. Returns the number of open connections. */
  stall(): number {
    let end = () => {};
    const over = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#stalled ??= { over, end };
    this.#accepted = 0;
    return this.#connections.size;
  }

  /** Ends `stall`. Returns the number of connections accepted since then. */
  resume(): number {
    this.#stalled?.end();
    this.#stalled = null;
    return this.#accepted;
  }

  /** Drops all bytes of open connections, and of new ones until `accept`. Returns the number of open connections. */
  blackHole({ alsoNew = true } = {}): number {
    for (const connection of this.#connections) connection.blackHole();
    this.#newAreBlackHoles = alsoNew;
    this.#accepted = 0;
    return this.#connections.size;
  }

  /** Forwards new connections again after `blackHole`. Returns the number of those accepted since then. */
  accept(): number {
    this.#newAreBlackHoles = false;
    return this.#accepted;
  }

  /** Delays each chunk of data by a number of milliseconds; 0 ends it. */
  delay(milliseconds: number): void {
    this.#delay = milliseconds;
  }

  /** Resets all open connections. Returns their number. */
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
        // The end of a black-holed connection is hidden from the other side.
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

/** Parses the frontend's messages, and calls `onStatement` for each Query or Execute. */
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
