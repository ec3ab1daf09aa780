import { createServer } from "node:net";
import { type Finding, messageOf, ok, warning, wrong } from "./finding.ts";

/** Whether `pith-graph start` could listen; a pith-graph that does so already is no fault. */
export async function portFinding(host: string, port: number): Promise<Finding> {
  const place = `${host}:${port}`;
  const fault = await listenFault(host, port);
  if (fault === null) return ok("Port", port === 0 ? "any that is free" : `${place} is free`);
  if (fault.code === "EADDRINUSE") {
    const target =
      host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
    if (await answersAsPithGraph(`http://${target}:${port}/health`)) {
      return ok("Port", `${place} is served by pith-graph`);
    }
    return warning("Port", `${place} is in use by another program`, "End that program, or set PORT.");
  }
  const advice =
    fault.code === "EACCES" ? "Set PORT to 1024 or above." : "Set HOST to an address of this machine.";
  return wrong("Port", `${place}: ${messageOf(fault)}`, advice);
}

function listenFault(host: string, port: number): Promise<NodeJS.ErrnoException | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen(port, host, () => server.close(() => resolve(null)));
  });
}

async function answersAsPithGraph(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(3_000) });
    const { status } = (await response.json()) as { status?: unknown };
    return status === "ok" || status === "unavailable";
  } catch {
    return false;
  }
}
