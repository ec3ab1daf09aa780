import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Compression hardly shortens smaller files. Bytes. */
const minCompressedSize = 400;

/** Writes a .br and a .gz file beside each asset, so that the server does not have to compress them. */
export function precompress(): Plugin {
  let folder = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved: ({ build }) => {
      folder = build.outDir;
    },
    // Not called if the build fails.
    writeBundle: async () => {
      const assets = join(folder, "assets");
      for (const name of await readdir(assets)) {
        if (!/\.(?:js|css|svg)$/.test(name)) continue;
        const path = join(assets, name);
        const bytes = await readFile(path);
        if (bytes.length < minCompressedSize) continue;
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
        await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
