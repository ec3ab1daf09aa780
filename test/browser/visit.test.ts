import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { visit } from "./visit.ts";

// A page with each fault that visits must report.

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launchChromium();
  server = createServer((_request, response) => {
    response.writeHead(200, {
      "content-type": "text/html",
      "content-security-policy": "default-src 'none'; script-src 'self' 'sha256-none'",
    });
    response.end(
      '<!doctype html><title>x</title><link rel="icon" href="data:,"><p style="color: red">a</p><img src="http://127.0.0.1:9/x.png"><script>1</script><a href="/"></a>',
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

test("reports policy violations, console errors and inaccessible elements", async () => {
  const { port } = server.address() as AddressInfo;
  const tab = await visit(browser, `http://127.0.0.1:${port}/`);
  await expect
    .poll(() => tab.faults().join("\n"))
    .toMatch(/policy: style-src-attr[\s\S]*policy: img-src|policy: img-src[\s\S]*policy: style-src-attr/);
  await tab.page.evaluate("console.error('said by the page')");
  await expect.poll(() => tab.faults().join("\n")).toContain("error: said by the page");
  await expect(tab.expectAccessible()).rejects.toThrow(/link-name/);
  await expect(tab.leave()).rejects.toThrow("policy: script-src-elem");
});
