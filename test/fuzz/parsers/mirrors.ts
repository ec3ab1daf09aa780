import { MirrorError } from "../../../src/sync/fetch-error.ts";
import { manifestAddresses, readFeedPage } from "../../../src/sync/remote-mirror.ts";

import { createUrlPolicy } from "../../../src/sync/url-policy.ts";
import { assertSame, failUnless, type Target } from "./target.ts";

const base = "https://mirror.example.org/below";
const policy = createUrlPolicy(["allowed.example.org"]);
const suffixes = ["ROU4N4IRYZ3HV3M7HKTK3YY643", "22222222222222222222222222", "A".repeat(26)];
const hosts = ["https://mirror.example.org", "https://allowed.example.org", "http://allowed.example.org"];
const hash = "0".repeat(64);

/** Answers of other mirrors: feeds with increasing positions, and manifests with addresses on allowed hosts only. */
export const mirrors: Target = {
  name: "mirrors",
  seeds: () => [
    JSON.stringify({
      feed_type: "pith_graph_feed",
      feed_version: "1.0",
      after: { position: 0, checksum: hash },
      head: { position: 2, checksum: hash },
      changes: [
        {
          position: 1,
          pith_number: "pith:2023:ROU4N4IRYZ3HV3M7HKTK3YY643",
          state_sha256: hash,
          checksum: hash,
        },
      ],
    }),
    JSON.stringify({
      manifest_type: "pith_mirror_manifest",
      mirrors: [
        null,
        { bundle_pattern: "https://mirror.example.org/pith/{suffix}/bundle.json" },
        { bundle_pattern: "//evil.example/{suffix}", state_pattern: "{suffix}:80/state" },
      ],
    }),
  ],
  check(input) {
    try {
      let last = 3n;
      for (const { position } of readFeedPage(input, last).changes) {
        failUnless("positions do not rise", position > last);
        last = position;
      }
    } catch (error) {
      if (!(error instanceof MirrorError)) throw error;
      failUnless("an endless message", error.message.length < 1_000);
    }
    const addresses = manifestAddresses(input, base, policy);
    for (const suffix of addresses === null ? [] : suffixes) {
      const { origin } = addresses?.bundle(suffix) ?? {};
      assertSame("the origin of a bundle", hosts.includes(String(origin)) ? origin : base, origin);
      failUnless("the origin of a state", hosts.includes(String(addresses?.state(suffix).origin)));
    }
  },
};
