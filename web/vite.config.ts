import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { listOwnQueries } from "./own-queries.ts";
import { precompress } from "./precompress.ts";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative addresses: the page works below whatever path a proxy serves it at.
  base: "./",
  build: {
    outDir: fileURLToPath(new URL("../dist/explorer", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // Everything is a file of its own: a data: address would need a wider Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // How long plugins took is no warning to a person who starts the program for the first time.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  plugins: [listOwnQueries(fileURLToPath(new URL("src", import.meta.url))), precompress()],
  worker: { format: "es" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // `npm run dev:web` beside `npm start`: pages from Vite, answers from the server.
  server: {
    proxy: Object.fromEntries(
      ["/graphql", "/pith", "/.well-known", "/health"].map((path) => [path, "http://127.0.0.1:4000"]),
    ),
  },
});
