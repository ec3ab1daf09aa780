import { chownSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { canEnter, chooseServerUser } from "../../src/embedded-postgres/server-user.ts";
import { copyCheckout, Folders } from "./embedded-support/folders.ts";
import { Application, recordedServer, serversOf } from "./embedded-support/processes.ts";

const folders = new Folders();
afterAll(() => folders.removeAll());

/** A user of every Unix that is neither root nor nobody. */
const DAEMON = Number(/^daemon:[^:]*:(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1] ?? 1);
const asRoot = process.getuid?.() === 0;

describe.skipIf(!asRoot)("as root (skipped for other users: only root can become another user)", () => {
  test("keeps the data in a checkout below a folder that only root may enter", async () => {
    const closed = await folders.folder(0o700);
    copyCheckout(closed);
    const dataDirectory = folders.watch(join(closed, ".pith-graph"));
    const { uid, gid } = await chooseServerUser();
    for (const started of [true, true]) {
      const application = new Application(dataDirectory, { checkout: closed });
      expect((await application.next("acquired")).started).toBe(started);
      expect(await canEnter(dataDirectory, { uid, gid })).toBe(false);
      expect(statSync(`/proc/${recordedServer(dataDirectory)}`).uid).toBe(uid);
      await application.query("CREATE TABLE IF NOT EXISTS kept (number integer)");
      await application.query("INSERT INTO kept VALUES (1)");
      await application.release();
      expect(serversOf(dataDirectory)).toEqual([]);
    }
    expect(existsSync(join(dataDirectory, "cluster", "PG_VERSION"))).toBe(true);
    const application = new Application(dataDirectory, { checkout: closed });
    await application.next("acquired");
    expect(await application.query("SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 2 }]);
    await application.release();
  });

  test("runs the server of an ordinary user as that user, and rejects root with other-owner", async () => {
    const checkout = await folders.folder();
    copyCheckout(checkout);
    const dataDirectory = folders.watch(join(checkout, "own", "data"));
    mkdirSync(join(checkout, "own"));
    chownSync(join(checkout, "own"), DAEMON, DAEMON);
    const application = new Application(dataDirectory, { checkout, uid: DAEMON });
    expect((await application.next("acquired")).started).toBe(true);
    expect(statSync(`/proc/${recordedServer(dataDirectory)}`).uid).toBe(DAEMON);
    expect(await application.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    await application.release();

    const root = new Application(dataDirectory, { checkout });
    await expect(root.next("acquired")).rejects.toThrow(/other-owner.*Run as the owner/);
    await root.exited;
  });

  test("rejects an ordinary user with other-owner if root created the data", async () => {
    const checkout = await folders.folder();
    copyCheckout(checkout);
    const dataDirectory = folders.watch(join(checkout, "data"));
    const root = new Application(dataDirectory, { checkout });
    await root.next("acquired");
    await root.release();
    const other = new Application(dataDirectory, { checkout, uid: DAEMON });
    await expect(other.next("acquired")).rejects.toThrow(/other-owner.*Run as the owner/);
    await other.exited;
  });

  test("rejects an ordinary user with directory-unusable if they may not write to the folder", async () => {
    const checkout = await folders.folder();
    copyCheckout(checkout);
    const application = new Application(join(checkout, "data"), { checkout, uid: DAEMON });
    await expect(application.next("acquired")).rejects.toThrow(
      /directory-unusable.*permission denied.*PITH_GRAPH_DATA/,
    );
    await application.exited;
  });

  test("finds the user nobody, else daemon, in /etc/passwd, else uses 65534", async () => {
    const folder = await folders.folder();
    const passwd = join(folder, "passwd");
    await writeFile(passwd, "root:x:0:0::/root:/bin/sh\nnobody:x:99:98::/:/sbin/nologin\n");
    expect(await chooseServerUser(passwd)).toEqual({ uid: 99, gid: 98 });
    await writeFile(passwd, "daemon:x:1:2::/:/sbin/nologin\n");
    expect(await chooseServerUser(passwd)).toEqual({ uid: 1, gid: 2 });
    await writeFile(passwd, "nobody:x:0:0::/:/sbin/nologin\n");
    expect(await chooseServerUser(passwd)).toEqual({ uid: 65534, gid: 65534 });
    expect(await chooseServerUser(join(folder, "none"))).toEqual({ uid: 65534, gid: 65534 });
  });

  test("considers a folder enterable only if all folders above it are", async () => {
    const user = { uid: DAEMON, gid: DAEMON };
    const folder = await folders.folder();
    const inner = join(folder, "inner");
    mkdirSync(inner, { mode: 0o755 });
    expect(await canEnter(inner, user)).toBe(true);
    await chmod(folder, 0o700);
    expect(await canEnter(inner, user)).toBe(false);
    chownSync(folder, DAEMON, 0);
    expect(await canEnter(inner, user)).toBe(true);
  });
});
