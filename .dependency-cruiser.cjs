// The way of the data is one direction: protocol → ingest → store → graph → api → server.
// Each rule names what a stage may see; everything else is an error.
const stages = {
  protocol: [],
  text: [],
  store: ["protocol", "text"],
  ingest: ["protocol", "text", "store"],
  sample: ["protocol"],
  graph: ["store"],
  export: ["protocol", "text", "store", "graph"],
  api: ["protocol", "text", "store", "graph"],
  telemetry: ["store", "graph"],
  server: ["protocol", "text", "store", "graph", "ingest", "export", "api", "telemetry"],
  cli: ["protocol", "text", "store", "graph", "ingest", "export", "api", "server", "telemetry", "sample"],
};
const assembly = "^src/(config/|runtime/|(bounded-texts|log|printable|version)\\.ts$)";

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
      project: [],
      plan: ["project/", "verify\\.ts$"],
      stored: ["plan/"],
      apply: ["plan/", "project/", "verify\\.ts$"],
    }).map(([floor, below]) => ({
      name: `ingest-${floor}-imports`,
      severity: "error",
      from: { path: `^src/ingest/${floor}/` },
      to: { path: "^src/ingest/", pathNot: `^src/ingest/(${[`${floor}/`, ...below].join("|")})` },
    })),
    {
      name: "ingest-plan-is-pure",
      severity: "error",
      from: { path: "^src/ingest/(plan|project)/" },
      to: {
        dependencyTypesNot: ["type-only"],
        pathNot:
          "^src/(protocol|text|ingest/(plan|project))/|^src/store/(ids|paper-order|text-columns)\\.ts$",
      },
    },
    {
      name: "no-explorer-import",
      severity: "error",
      from: { path: "^src" },
      to: { path: "^web/" },
    },
    {
      // At the bottom: everything may read the configuration, which knows nothing of what it configures.
      name: "config-imports",
      severity: "error",
      from: { path: "^src/config/" },
      to: { path: "^src/", pathNot: "^src/config/" },
    },
    ...Object.entries(stages)
      .filter(([stage]) => stage !== "protocol" && stage !== "text")
      .map(([stage, allowed]) => ({
        name: `${stage}-imports`,
        severity: "error",
        from: { path: `^src/${stage}/` },
        to: {
          path: "^src/",
          pathNot: [
            `^src/(${[stage, ...allowed].join("|")})/`,
            assembly,
            // The composition root, which the command line starts.
            ...(stage === "cli" ? ["^src/service\\.ts$"] : []),
          ],
        },
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
