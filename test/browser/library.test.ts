import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join, normalize } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PackedLibrary, packLibrary } from "../library/packed.ts";
import { launchChromium } from "./chromium.ts";

let library: PackedLibrary;
let browser: Browser;
let server: Server;

beforeAll(async () => {
  library = await packLibrary();
  server = createServer(async (request, response) => {
    const path = normalize((request.url ?? "/").split("?", 1)[0] ?? "/");
    const type = path.endsWith(".js")
      ? "text/javascript"
      : path.endsWith(".html")
        ? "text/html"
        : "text/plain";
    try {
      response.setHeader("content-type", type).end(await readFile(join(library.folder, path)));
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await library.remove();
});

test("verifies the registry's document with the packed library in a page without a bundler", async () => {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("requestfailed", (request) => errors.push(request.url()));
  const { port } = server.address() as AddressInfo;
  await page.goto(`http://127.0.0.1:${port}/verify.html`);
  const verdict = page.getByText("merges to the state it publishes");
  await verdict.waitFor();
  expect((await verdict.textContent())?.split("\n")).toEqual([
    "record_created: receipt",
    "graph_snapshot: hash",
    "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643 merges to the state it publishes",
  ]);
  expect(errors).toEqual([]);
});
