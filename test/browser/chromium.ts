import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const usualPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Nothing but what a page asks for goes over the network, and the processor draws, WebGL as well. */
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
  const places = [process.env["CHROMIUM"] ?? "", ...usualPlaces];
  const found = places.find((place) => place !== "" && existsSync(place));
  if (found !== undefined) return found;
  throw new Error(
    "No Chromium is here. Install it (Debian: `apt-get install chromium`), or name one: CHROMIUM=/path/to/chromium.",
  );
}

/** The machine's own Chromium, without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), headless: true, args: flags });
}
