import { chownSync, existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { chooseServerUser, mayEnter } from "../../src/store/embedded/server-user.ts";
import { copyCheckout, Folders } from "./embedded-support/folders.ts";
import { Application, recordedServer, serversOf } from "./embedded-support/processes.ts";

const folders = new Folders();
afterAll(() => folders.removeAll());

/** A user of every Unix who is neither root nor nobody. */
const DAEMON = Number(/^daemon:[^:]*:(\d+):/m.exec(readFileSync("/etc/passwd", "utf8"))?.[1] ?? 1);
const asRoot = process.getuid?.() === 0;

describe.skipIf(!asRoot)("as root (skipped for other users: only root can become another user)", () => {
  test("from a checkout below a folder that only root may enter, the data stays in it", async () => {
    const closed = await folders.folder(0o700);
    copyCheckout(closed);
    const dataDirectory = folders.watch(join(closed, ".pith-graph"));
    const { uid, gid } = await chooseServerUser();
    for (const started of [true, true]) {
      const application = new Application(dataDirectory, { checkout: closed });
      expect((await application.next("acquired")).started).toBe(started);
      expect(await mayEnter(dataDirectory, { uid, gid })).toBe(false);
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

  test("an ordinary user runs it as themselves", async () => {
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

  test("an ordinary user is told whose data root made", async () => {
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

  test("an ordinary user who may not write there is told so", async () => {
    const checkout = await folders.folder();
    copyCheckout(checkout);
    const application = new Application(join(checkout, "data"), { checkout, uid: DAEMON });
    await expect(application.next("acquired")).rejects.toThrow(
      /directory-unusable.*permission denied.*PITH_GRAPH_DATA/,
    );
    await application.exited;
  });

  test("nobody is looked up in /etc/passwd, and known without it", async () => {
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

  test("a folder may be entered only if all above it may", async () => {
    const user = { uid: DAEMON, gid: DAEMON };
    const folder = await folders.folder();
    const inner = join(folder, "inner");
    mkdirSync(inner, { mode: 0o755 });
    expect(await mayEnter(inner, user)).toBe(true);
    await chmod(folder, 0o700);
    expect(await mayEnter(inner, user)).toBe(false);
    chownSync(folder, DAEMON, 0);
    expect(await mayEnter(inner, user)).toBe(true);
  });
});
