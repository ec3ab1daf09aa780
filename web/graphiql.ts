import { readFileSync } from "node:fs";
import * as parts from "@graphql-yoga/render-graphiql/graphiql";
import type { Plugin } from "vite";

/**
 * Adds GraphiQL to the build: `graphiql.html`, and its scripts and styles among the assets. They are served from this
 * server, not from another host: GraphiQL works offline, and no other host learns who reads here.
 */
export function graphiql(defaultQueryFile: string): Plugin {
  return {
    name: "graphiql",
    apply: "build",
    generateBundle(_options, bundle) {
      const asset = (name: string, source: string): string =>
        this.getFileName(this.emitFile({ type: "asset", name, source })).slice("assets/".length);
      const workers = {
        editorWorkerService: asset("editor-worker.js", parts.editorWorkerService),
        json: asset("json-worker.js", parts.jsonWorker),
        graphql: asset("graphql-worker.js", parts.graphqlWorker),
      };
      const icon = Object.keys(bundle).find((name) => name.endsWith(".svg")) ?? "";
      const source = pageOf({
        style: asset("graphiql.css", parts.css),
        icon: icon.slice("assets/".length),
        editor: asset("graphiql.js", parts.js),
        start: asset("start-graphiql.js", startScript(workers, readFileSync(defaultQueryFile, "utf8"))),
      });
      this.emitFile({ type: "asset", fileName: "graphiql.html", source });
    },
  };
}

function startScript(workers: Readonly<Record<string, string>>, defaultQuery: string): string {
  return `"use strict";
const workers = ${JSON.stringify(workers)};
const folder = new URL(".", document.currentScript.src);
self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => new URL(workers[label], folder).href };
YogaGraphiQL.renderYogaGraphiQL(document.querySelector("#root"), ${JSON.stringify({ title: "pith-graph", defaultQuery })});
`;
}

/** Files are addressed relative to the page, which a proxy may serve below a path of its own. */
function pageOf(names: { style: string; icon: string; editor: string; start: string }): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>pith-graph</title>
    <link rel="icon" type="image/svg+xml" href="assets/${names.icon}" />
    <link rel="stylesheet" href="assets/${names.style}" />
    <script defer src="assets/${names.editor}"></script>
    <script defer src="assets/${names.start}"></script>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}
