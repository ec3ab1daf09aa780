const { readdirSync } = require("node:fs");
const { join } = require("node:path");

// Data flows in one direction: protocol → store → ingest → graph → api → server. Each module lists the modules that it
// may import; anything else is an error.
const modules = {
  config: [],
  runtime: [],
  text: [],
  protocol: [],
  "row-rules": ["protocol"],
  "embedded-postgres": ["runtime"],
  sample: ["protocol"],
  store: ["config", "runtime", "protocol", "text", "row-rules"],
  ingest: ["config", "runtime", "protocol", "text", "row-rules", "store"],
  maintenance: ["config", "runtime", "protocol", "text", "row-rules", "store", "ingest"],
  submissions: ["config", "runtime", "protocol", "text", "row-rules", "store", "ingest"],
  sync: ["config", "runtime", "protocol", "text", "row-rules", "store", "ingest", "maintenance"],
  graph: ["config", "runtime", "store"],
  export: ["config", "runtime", "protocol", "text", "store", "graph"],
  api: ["config", "runtime", "protocol", "text", "row-rules", "store", "graph"],
  telemetry: ["config", "runtime", "store", "graph"],
  server: [
    "row-rules",
    "config",
    "runtime",
    "protocol",
    "text",
    "store",
    "graph",
    "ingest",
    "submissions",
    "export",
    "api",
    "telemetry",
  ],
};
// The files above all modules (the composition root), and the command line, may import any module.

/** All folders below `folder`, at any depth. */
function foldersOf(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => [join(folder, name), ...foldersOf(join(folder, name))]);
}

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-dev-dependency",
      severity: "error",
      from: { path: "^src" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "unknown"] },
    },
    {
      name: "no-test-import",
      severity: "error",
      from: { path: "^src" },
      to: { path: "^(test|bench|scripts|examples)/" },
    },
    {
      // Pure, and usable in a browser: no I/O, no Node.js module, no dependency but the curves and the hashes.
      name: "protocol-is-pure",
      severity: "error",
      from: { path: "^src/protocol/" },
      to: { pathNot: "^(src/protocol/|node_modules/@noble/)" },
    },
    {
      // Pure, and usable in a browser: how titles and names are read and written.
      name: "text-is-pure",
      severity: "error",
      from: { path: "^src/text/" },
      to: { pathNot: "^(src/text/|node_modules/@citation-js/name/)" },
    },
    {
      // A client like any other: what it knows comes from the API, and it verifies with the server's own protocol.
      name: "explorer-imports",
      severity: "error",
      from: { path: "^web/" },
      to: { path: "^(src|test|bench|scripts|examples)/", pathNot: "^src/(protocol|text)/" },
    },
    {
      // Each folder of the explorer, and each of its pages, is a module that others import through its index.
      name: "explorer-module-entrance",
      severity: "error",
      from: { path: "^web/src/(pages/[^/]+|[^/]+)/" },
      to: {
        path: "^web/src/[^/]+/",
        pathNot: ["^web/src/$1/", "/index\\.tsx?$", "\\.(css|svg)$"],
      },
    },
    {
      name: "explorer-main-imports",
      severity: "error",
      from: { path: "^web/src/[^/]+$" },
      to: { path: "^web/src/[^/]+/", pathNot: ["/index\\.tsx?$", "\\.(css|svg)$"] },
    },
    // Within ingest as well, types too: a state is projected into rows, a batch is planned, and only then is anything
    // read or written.
    ...Object.entries({
      "(project-|row-text)": [],
      "plan/": ["project-", "row-text", "verify\\.ts$"],
      "stored/": ["plan/"],
      "(apply-plan|quarantine)": ["plan/", "row-text", "verify\\.ts$"],
    }).map(([stage, earlier]) => ({
      name: `ingest-${stage.replaceAll(/\W+/g, "-")}-imports`,
      severity: "error",
      from: { path: `^src/ingest/${stage}` },
      to: { path: "^src/ingest/", pathNot: `^src/ingest/(${[stage, ...earlier].join("|")})` },
    })),
    {
      name: "ingest-plan-is-pure",
      severity: "error",
      from: { path: "^src/ingest/(plan/|project-|row-text)" },
      to: {
        dependencyTypesNot: ["type-only"],
        pathNot: "^src/(protocol|text|row-rules)/|^src/ingest/(plan/|project-|row-text)",
      },
    },
    {
      name: "no-explorer-import",
      severity: "error",
      from: { path: "^src" },
      to: { path: "^web/" },
    },
    ...Object.entries(modules).map(([module, allowed]) => ({
      name: `${module}-imports`,
      severity: "error",
      from: { path: `^src/${module}/` },
      to: { path: "^src/", pathNot: `^src/(${[module, ...allowed].join("|")})/` },
    })),
    // Each folder is a module that files outside of it import through its index.ts only. Nothing imports the command line.
    ...foldersOf("src")
      .filter((folder) => !folder.startsWith("src/cli/"))
      .map((folder) => ({
        name: `${folder.slice("src/".length)}-entrance`,
        severity: "error",
        from: { path: "^(src|web)/", pathNot: `^${folder}/` },
        to: { path: `^${folder}/`, pathNot: `^${folder}/index\\.ts$` },
      })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    exclude: { path: "^dist" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
