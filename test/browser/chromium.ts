import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const defaultPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** No background traffic, and software rendering, also for WebGL. */
const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--enable-unsafe-swiftshader",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function findChromium(): string {
  const paths = [process.env["CHROMIUM"] ?? "", ...defaultPaths];
  const found = paths.find((path) => path !== "" && existsSync(path));
  if (found !== undefined) return found;
  throw new Error(
    "Chromium not found. Install it (Debian: `apt-get install chromium`), or set CHROMIUM=/path/to/chromium.",
  );
}

/** Launches the machine's Chromium, headless. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), headless: true, args: flags });
}
