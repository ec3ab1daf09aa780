import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Plugin } from "vite";

/** Compression hardly shortens smaller files. Bytes. */
const minCompressedSize = 400;

/** The best quality takes 20 s for a file of 9 MB. Bytes. */
const largeSize = 1_000_000;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

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
      const compress = async (name: string) => {
        const path = join(assets, name);
        const bytes = await readFile(path);
        if (bytes.length < minCompressedSize) return;
        const params = {
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
          [constants.BROTLI_PARAM_QUALITY]: bytes.length < largeSize ? 11 : 6,
        };
        await writeFile(`${path}.br`, await brotli(bytes, { params }));
        await writeFile(`${path}.gz`, await gzipped(bytes, { level: bytes.length < largeSize ? 9 : 6 }));
      };
      const names = (await readdir(assets)).filter((name) => /\.(?:js|css|svg)$/.test(name));
      await Promise.all(names.map(compress));
    },
  };
}
