import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedServer, startServerProcess } from "./started-server.ts";

/** `npm start` with the sample in a new data folder, which is removed when it is closed. */
export async function startSampleServerProcess(): Promise<StartedServer> {
  const folder = await mkdtemp(join(tmpdir(), "pith-graph-sample-"));
  const { DATABASE_URL: _, ...environment } = process.env;
  return startServerProcess(["start"], { ...environment, PITH_GRAPH_DATA: folder }, () =>
    rm(folder, { recursive: true, force: true }),
  );
}
