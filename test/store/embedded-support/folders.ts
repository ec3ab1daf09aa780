import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { chmod, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { copyPreparedData } from "../../prepared-data.ts";
import { serversOf, until } from "./processes.ts";

/** Makes folders for a test file, and removes them and stops the servers in them. */
export class Folders {
  private readonly made: string[] = [];
  private readonly dataDirectories = new Set<string>();

  /** A new folder that others may enter or, with 0o700, may not. */
  async folder(mode = 0o755): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "pith-embedded-test-"));
    await chmod(folder, mode);
    this.made.push(folder);
    return folder;
  }

  /** A data directory in a new folder. It does not exist yet. */
  async data(...path: string[]): Promise<string> {
    return this.watch(join(await this.folder(), ...(path.length === 0 ? ["data"] : path)));
  }

  /** A data directory in a new folder: a copy of the one that test/global-setup.ts prepared, else not existing yet. */
  async copyOf(prepared: string | null): Promise<string> {
    const dataDirectory = await this.data();
    if (prepared !== null) await copyPreparedData(prepared, dataDirectory);
    return dataDirectory;
  }

  /** Remembers a data directory, so that a server left in it is stopped. */
  watch(dataDirectory: string): string {
    this.dataDirectories.add(dataDirectory);
    return dataDirectory;
  }

  async removeAll(): Promise<void> {
    for (const directory of this.dataDirectories) {
      for (const pid of serversOf(directory)) process.kill(pid, "SIGQUIT");
      await until(() => serversOf(directory).length === 0);
    }
    for (const folder of this.made) rmSync(folder, { recursive: true, force: true, maxRetries: 20 });
  }
}

/** Copies what application.mjs needs, like a built checkout after `npm ci --ignore-scripts` without symbolic links. */
export function copyCheckout(target: string): void {
  for (const path of ["dist/embedded-postgres", "dist/runtime", "test/store/embedded-support"]) {
    cpSync(path, join(target, path), { recursive: true });
  }
  cpSync("package.json", join(target, "package.json"));
  const packages = new Set<string>();
  const add = (name: string): void => {
    const manifest = join("node_modules", name, "package.json");
    if (packages.has(name) || !existsSync(manifest)) return;
    packages.add(name);
    const { dependencies, optionalDependencies } = JSON.parse(readFileSync(manifest, "utf8")) as {
      dependencies?: object;
      optionalDependencies?: object;
    };
    for (const each of Object.keys({ ...dependencies, ...optionalDependencies })) add(each);
  };
  for (const name of ["lru-cache", "pg", "pino", `@embedded-postgres/${process.platform}-${process.arch}`])
    add(name);
  mkdirSync(join(target, "node_modules"), { recursive: true });
  for (const name of packages) {
    cpSync(join("node_modules", name), join(target, "node_modules", name), {
      recursive: true,
      filter: (path) => !/\/native\/lib\/lib(icu\w+|pq)\.so(\.\d+)?$/.test(path),
    });
  }
}
