import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Encoding } from "../http/index.ts";

type File = {
  readonly type: string;
  readonly bytes: (encoding: Encoding) => Promise<Buffer>;
};

type Graphiql = {
  readonly page: string;
  /** Files by name; the names change with the content. */
  readonly files: ReadonlyMap<string, File>;
};

let loaded: Promise<Graphiql> | undefined;

/** GraphiQL from its package, split into files that all clients share. Loaded on first use. */
export function loadGraphiql(): Promise<Graphiql> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Graphiql> {
  // Served from the package, not from another host: it works offline, and no other host learns who reads here.
  const parts = await import("@graphql-yoga/render-graphiql/graphiql");
  const files = new Map<string, File>();
  const add = (name: string, suffix: string, type: string, content: Buffer): string => {
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
    const file = `${name}-${hash}.${suffix}`;
    files.set(file, { type, bytes: compressedOnce(content) });
    return file;
  };
  const script = (name: string, text: string) =>
    add(name, "js", "text/javascript; charset=utf-8", Buffer.from(text));
  const workers = {
    editorWorkerService: script("editor-worker", parts.editorWorkerService),
    json: script("json-worker", parts.jsonWorker),
    graphql: script("graphql-worker", parts.graphqlWorker),
  };
  const style = add("graphiql", "css", "text/css; charset=utf-8", Buffer.from(parts.css));
  const icon = add("icon", "ico", "image/x-icon", Buffer.from(parts.favicon.split(",")[1] ?? "", "base64"));
  const editor = script("graphiql", parts.js);
  const start = script("start", startScript(workers));
  return { page: pageOf({ style, icon, editor, start }), files };
}

/** Each encoding is made once, when first needed. */
function compressedOnce(content: Buffer): File["bytes"] {
  const made = new Map<Encoding, Promise<Buffer>>([["identity", Promise.resolve(content)]]);
  return (encoding) => {
    const known = made.get(encoding);
    if (known !== undefined) return known;
    const compressed = encoding === "br" ? brotli(content) : gzipped(content);
    made.set(encoding, compressed);
    return compressed;
  };
}

const gzipped = promisify(gzip) as (content: Buffer) => Promise<Buffer>;
/** With quality 11 the first client would wait for 20 s. */
const brotliOptions = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };
const brotli = (content: Buffer) => promisify(brotliCompress)(content, brotliOptions) as Promise<Buffer>;

function startScript(workers: Readonly<Record<string, string>>): string {
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
    <link rel="icon" href="graphiql/${names.icon}" />
    <link rel="stylesheet" href="graphiql/${names.style}" />
    <script defer src="graphiql/${names.editor}"></script>
    <script defer src="graphiql/${names.start}"></script>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
}

/** The query that GraphiQL shows at first. */
const defaultQuery = `# pith-graph: signed scholarly records as a graph.
# Run this with Ctrl-Enter; the documentation is behind the book on the left.

query Latest {
  status {
    papers
    works
    citations
    claims
  }
  papers(first: 5) {
    totalCount
    nodes {
      pithNumber
      title
      submittedAt
      claims(first: 2) {
        nodes {
          kind
          text
          provenance {
            proof
            signer {
              signerId
            }
          }
        }
      }
      references(first: 5) {
        totalCount
        nodes {
          title
          citedPaper {
            pithNumber
          }
        }
      }
      verification {
        proof
        recordHash
        receipt
        titleBinding
      }
    }
  }
}

# One paper, by whatever names it: an arXiv id, a DOI, a Pith number.
query One {
  paper(ref: "arXiv:2302.12192") {
    title
    referenceCoverage {
      asserted
      listed
      stored
      complete
    }
    citedBy(first: 10) {
      totalCount
      nodes {
        title
      }
    }
  }
}
`;
