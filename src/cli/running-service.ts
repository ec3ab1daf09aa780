/**
 * The address of the pith-graph that listens on a port, as its `/health` shows; null if another program listens, or
 * nothing answers within 3 s.
 */
export async function runningService(host: string, port: number): Promise<string | null> {
  const target =
    host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host;
  const address = `http://${target}:${port}/`;
  try {
    const response = await fetch(`${address}health`, {
      redirect: "error",
      signal: AbortSignal.timeout(3_000),
    });
    const { status, graph } = (await response.json()) as { status?: unknown; graph?: unknown };
    return (status === "ok" || status === "starting") && typeof graph === "object" ? address : null;
  } catch {
    return null;
  }
}
