import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const usualPlaces = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Nothing but what a page asks for goes over the network. */
const flags = [
  "--no-sandbox",
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

/** WebGL drawn by the processor; without it, pages are drawn sooner. */
const webglFlags = ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

/** The machine's own Chromium, without a window. */
export function launchChromium({ webgl = false } = {}): Promise<Browser> {
  const args = [...flags, ...(webgl ? webglFlags : ["--disable-gpu"])];
  return chromium.launch({ executablePath: findChromium(), headless: true, args });
}
