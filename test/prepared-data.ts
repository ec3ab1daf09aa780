import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** Copies the cluster of a stopped embedded server into a new data directory. Its files keep their owner. */
export async function copyPreparedData(prepared: string, dataDirectory: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true });
  await promisify(execFile)("cp", ["-a", join(prepared, "cluster"), dataDirectory]);
}
