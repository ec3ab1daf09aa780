import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { peerNode } from "../peers/install.ts";
import type { LoadOrder, LoadReport } from "./load.ts";

export type LoadProcess = {
  /** Rejects if any answer was wrong. */
  run(order: LoadOrder): Promise<LoadReport>;
  close(): void;
};

export function startLoadProcess(): LoadProcess {
  const child = fork(fileURLToPath(new URL("./load.ts", import.meta.url)), {
    execPath: peerNode().path,
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
  return {
    run: async (order) => {
      const answer = new Promise<LoadReport>((resolve, reject) => {
        child.once("message", (report) => resolve(report as LoadReport));
        child.once("exit", (code) => reject(new Error(`The load generator ended with ${code}.`)));
      });
      child.send(order);
      const report = await answer;
      child.removeAllListeners("exit");
      if (report.error !== null) throw new Error(`${order.path} of port ${order.port}: ${report.error}`);
      return report;
    },
    close: () => child.disconnect(),
  };
}
