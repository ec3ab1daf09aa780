import { type ExplorerHandlers, explorerFilePattern, explorerPagePattern } from "./explorer/index.ts";
import { type createExportHandlers, exportFilePattern } from "./export/index.ts";
import { type Route, readOnly } from "./http/index.ts";
import type { createSubmissionHandlers } from "./ingest/index.ts";
import type { MirrorHandlers } from "./mirror/index.ts";

type Handle = Route["handle"];

type RouteParts = {
  readonly health: Handle;
  readonly readiness: Handle;
  readonly graphql: Handle;
  readonly submissions: ReturnType<typeof createSubmissionHandlers>;
  readonly mirror: MirrorHandlers;
  readonly exports: ReturnType<typeof createExportHandlers>;
  readonly explorer: ExplorerHandlers;
};

/** All routes that the server has. */
export function routesOf({
  health,
  readiness,
  graphql,
  submissions,
  mirror,
  exports,
  explorer,
}: RouteParts): Route[] {
  const read = (name: string, pattern: string | RegExp, handle: Handle): Route => {
    return { name, methods: readOnly, pattern, handle };
  };
  const bundle = mirror.document("bundle", (suffix) => `../${suffix}/bundle.json`);
  const state = mirror.document("state", (suffix) => `../${suffix}/state.json`);
  const description = mirror.document("description", (suffix) => `${suffix}.json`);
  return [
    read("/health", "/health", health),
    read("/ready", "/ready", readiness),
    { name: "/graphql", methods: ["GET", "POST", "OPTIONS"], pattern: "/graphql", handle: graphql },
    { name: "/ingest", methods: ["POST"], pattern: "/ingest", handle: submissions.post },
    read("/ingest/:id", /^\/ingest\/(.*)$/, submissions.status),
    read("/feed", "/feed", mirror.feed),
    read("mirror", "/pith-mirrors.json", mirror.manifest),
    read("mirror", /^\/pith\/([^/]+)\/bundle\.json$/, bundle),
    read("mirror", /^\/pith\/([^/]+)\/state\.json$/, state),
    read("mirror", /^\/\.well-known\/pith\/([^/]+)\/bundle\.json$/, bundle),
    read("mirror", /^\/pith\/([^/]+)\.json$/, description),
    read("/export", "/export", exports.list),
    read("/export", exportFilePattern, exports.file),
    read("explorer", explorerFilePattern, explorer.file),
    read("explorer", explorerPagePattern, explorer.page),
  ];
}
