import { type BearerToken, bearerTokens, maskedTokens } from "./tokens.ts";
import { oneOf } from "./values.ts";
import type { Topic, ValuesOf } from "./variable.ts";

/** Who may export over HTTP: everybody, or who has one of the tokens. */
export type ExportSettings = { readonly isPublic: boolean; readonly tokens: readonly BearerToken[] };

export const exports = {
  title: "Exports",
  variables: {
    who: {
      name: "PITH_GRAPH_EXPORT",
      usual: "token",
      meaning: "Who may export: `token` for those who have one, `public` for everybody.",
      read: oneOf("token", "public"),
    },
    tokens: {
      name: "PITH_GRAPH_EXPORT_TOKENS",
      meaning: "Who may: `name:sha256` of each token, separated by commas. Nobody where it is not set.",
      read: bearerTokens,
      mask: maskedTokens,
    },
  },
} as const satisfies Topic;

export function exportSettings({ who, tokens = [] }: ValuesOf<typeof exports>): ExportSettings {
  return { isPublic: who === "public", tokens };
}
