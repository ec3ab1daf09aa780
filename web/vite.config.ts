import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { graphiql } from "./graphiql.ts";
import { persistDocuments } from "./persisted-documents.ts";
import { precompress } from "./precompress.ts";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  // Relative URLs, so that the page works below any path of a proxy.
  base: "./",
  build: {
    outDir: fileURLToPath(new URL("../dist/explorer", import.meta.url)),
    emptyOutDir: true,
    target: "es2022",
    // No data: URLs, which the Content-Security-Policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1000,
    // The duration of plugins is irrelevant to a user who starts the program for the first time.
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
  plugins: [
    persistDocuments(fileURLToPath(new URL("src", import.meta.url))),
    graphiql(fileURLToPath(new URL("graphiql-query.graphql", import.meta.url))),
    precompress(),
  ],
  worker: { format: "es" },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  // For `npm run dev:web` beside `npm start`: Vite serves the pages, the server everything else.
  server: {
    proxy: Object.fromEntries(
      ["/graphql", "/pith", "/.well-known", "/health"].map((path) => [path, "http://127.0.0.1:4000"]),
    ),
  },
});
