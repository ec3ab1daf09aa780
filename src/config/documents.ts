import { createUrlPolicy } from "../ingest/mirror/url-policy.ts";
import { errorText } from "../runtime/error-text.ts";
import { ConfigError } from "./config-error.ts";
import { list, text, wholeNumber } from "./values.ts";
import type { Topic } from "./variable.ts";

/** Whom is trusted, and how documents come and go. */
export const documents = {
  title: "Trust and documents",
  variables: {
    keyringPath: {
      name: "PITH_GRAPH_KEYRING",
      meaning: "A JSON file of keys that are trusted besides the registry's own.",
      read: text,
    },
    maximumDocumentBytes: {
      name: "PITH_GRAPH_MAX_DOCUMENT_BYTES",
      usual: "67108864",
      meaning: "Larger documents are refused with `TOO_LARGE`.",
      read: wholeNumber(1, 2 ** 29),
    },
    baseUrl: {
      name: "PITH_GRAPH_BASE_URL",
      meaning: "The address that other mirrors reach this one by; from each request where it is not set.",
      read: baseUrl,
    },
    /** Each with or without a port. */
    allowedHosts: {
      name: "PITH_GRAPH_ALLOW_HOSTS",
      meaning:
        "Hosts, separated by commas, that `sync` may reach by http and on private addresses ([mirrors.md](mirrors.md)).",
      read: hosts,
    },
  },
} as const satisfies Topic;

function baseUrl(given: string, name: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "") {
    return url.href.replace(/\/+$/, "");
  }
  throw new ConfigError(
    `${name} must be an address like https://mirror.example.org, not ${JSON.stringify(given)}.`,
  );
}

function hosts(given: string, name: string): readonly string[] {
  const listed = list(given, name);
  try {
    createUrlPolicy(listed);
  } catch (error) {
    throw new ConfigError(`${name}: ${errorText(error)}`);
  }
  return listed;
}
