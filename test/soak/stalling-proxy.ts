import type { AddressInfo } from "node:net";
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from "node:net";

/** Passes connections on to another address, until it is told to hold everything back or to break them off. */
export class StallingProxy {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #isStalled = false;
  #accepted = 0;

  private constructor(target: NetConnectOpts) {
    this.#server = createServer((near) => {
      const pair = [near, connect(target)] as const;
      this.#pairs.add(pair);
      this.#accepted++;
      for (const [from, to] of [pair, [pair[1], pair[0]] as const]) {
        from.setNoDelay(true);
        from.on("data", (data) => {
          if (!to.write(data)) from.pause();
        });
        to.on("drain", () => {
          if (!this.#isStalled) from.resume();
        });
        from.on("end", () => to.end());
        from.on("error", () => to.destroy());
        from.on("close", () => {
          to.destroy();
          this.#pairs.delete(pair);
        });
        if (this.#isStalled) from.pause();
      }
    });
  }

  static async start(target: NetConnectOpts): Promise<StallingProxy> {
    const proxy = new StallingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on no byte passes; who connects is accepted, and waits. Gives how many connections are held. */
  stall(): number {
    this.#isStalled = true;
    for (const socket of [...this.#pairs].flat()) socket.pause();
    this.#accepted = 0;
    return this.#pairs.size;
  }

  /** Gives how many came meanwhile. */
  resume(): number {
    this.#isStalled = false;
    for (const socket of [...this.#pairs].flat()) socket.resume();
    return this.#accepted;
  }

  /** Breaks all connections off, as a router does that is started anew. Gives how many there were. */
  cut(): number {
    const count = this.#pairs.size;
    for (const [near, far] of this.#pairs) {
      near.resetAndDestroy();
      // A Unix socket knows no reset.
      far.destroy();
    }
    return count;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
