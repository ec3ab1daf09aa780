import { access, constants, mkdtemp, rmdir, stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorText } from "../../runtime/error-text.ts";
import { chooseServerUser, findBinaries, inspectCluster } from "../../store/embedded/index.ts";
import { type Finding, ok, warning, wrong } from "./finding.ts";

/** Below, PostgreSQL may stop in the midst of an ingest. Bytes. */
const littleRoom = 2 ** 30;

export type DataFolder = {
  readonly findings: readonly Finding[];
  /** Whether a server can be started or joined there. */
  readonly hasCluster: boolean;
};

/** Where the embedded server keeps its data: its binaries, the folder's rights, who owns it, and what room is left. */
export async function lookAtData(dataDirectory: string): Promise<DataFolder> {
  const findings: Finding[] = [];
  let major: string | undefined;
  try {
    const installed = await findBinaries();
    major = installed.major;
    findings.push(ok("PostgreSQL", `embedded, ${installed.version}`));
  } catch (error) {
    findings.push(wrong("PostgreSQL", "no embedded server can run here", errorText(error)));
  }
  const existing = await nearestExisting(dataDirectory);
  const rights = await rightsFinding(dataDirectory, existing);
  findings.push(rights, await roomFinding(existing));
  if (major === undefined || rights.result === "wrong") return { findings, hasCluster: false };
  try {
    const hasCluster = await inspectCluster(join(dataDirectory, "cluster"), await chooseServerUser(), major);
    return { findings, hasCluster };
  } catch (error) {
    return { findings: [...findings, wrong("Data", "cannot be used", errorText(error))], hasCluster: false };
  }
}

/** The folder itself, or the first above it that is there. */
async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    const isThere = await stat(path).then(
      () => true,
      () => false,
    );
    if (isThere || dirname(path) === path) return path;
  }
}

async function rightsFinding(folder: string, existing: string): Promise<Finding> {
  const isNew = existing !== folder;
  const advice = "Give this user the right to write there, or set PITH_GRAPH_DATA to another folder.";
  try {
    if (!(await stat(existing)).isDirectory())
      return wrong("Data folder", `${existing} is no folder`, advice);
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
    // Root may do all that access() asks about, also on a file system that is read-only.
    await rmdir(await mkdtemp(join(existing, ".pith-graph-doctor-")));
  } catch (error) {
    return wrong("Data folder", `${folder}: ${errorText(error)}`, advice);
  }
  return ok("Data folder", isNew ? `${folder} (the first start makes it)` : folder);
}

async function roomFinding(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  const bytes = bavail * bsize;
  const text = `${(bytes / 2 ** 30).toFixed(1)} GiB free`;
  if (bytes >= littleRoom) return ok("Disk", text);
  return warning("Disk", text, "Make room, or set PITH_GRAPH_DATA to a folder on another disk.");
}
