import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Below this a compressed answer is hardly shorter. Bytes. */
const leastToCompress = 400;

/** Puts a .br and a .gz beside each asset: they are compressed once, as well as can be, and not by the server. */
export function precompress(): Plugin {
  let folder = "";
  return {
    name: "precompress",
    apply: "build",
    configResolved: ({ build }) => {
      folder = build.outDir;
    },
    // A build that fails writes no bundle, and its own error is seen.
    writeBundle: async () => {
      const assets = join(folder, "assets");
      for (const name of await readdir(assets)) {
        if (!/\.(?:js|css|svg)$/.test(name)) continue;
        const path = join(assets, name);
        const bytes = await readFile(path);
        if (bytes.length < leastToCompress) continue;
        const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
        await writeFile(`${path}.br`, brotliCompressSync(bytes, { params }));
        await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
