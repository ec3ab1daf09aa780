import type { ExportSettings } from "../../config/index.ts";

export type { ExportSettings };

/** Nobody may. */
export const noExports: ExportSettings = { isPublic: false, tokens: [] };
