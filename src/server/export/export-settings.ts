import type { ExportSettings } from "../../config.ts";

export type { ExportSettings };

/** Nobody may. */
export const noExports: ExportSettings = { isPublic: false, tokens: [] };
