import { createServer } from "node:net";
import { errorText } from "../../runtime/error-text.ts";
import { runningService } from "../running-service.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** Whether `pith-graph start` could listen; a pith-graph that does so already is no fault. */
export async function portFinding(host: string, port: number): Promise<Finding> {
  const place = `${host}:${port}`;
  const fault = await listenFault(host, port);
  if (fault === null) return ok("Port", port === 0 ? "any that is free" : `${place} is free`);
  if (fault.code === "EADDRINUSE") {
    if ((await runningService(host, port)) !== null) {
      return ok("Port", `${place} is served by pith-graph`);
    }
    return warning("Port", `${place} is in use by another program`, "End that program, or set PORT.");
  }
  const advice =
    fault.code === "EACCES" ? "Set PORT to 1024 or above." : "Set HOST to an address of this machine.";
  return wrong("Port", `${place}: ${errorText(fault)}`, advice);
}

function listenFault(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}
