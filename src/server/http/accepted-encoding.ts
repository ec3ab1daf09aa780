export type Encoding = "br" | "gzip" | "identity";

/** The best of the encodings that an Accept-Encoding lets through (RFC 9110, 12.5.3). */
export function acceptedEncoding(acceptEncoding: string | undefined): Encoding {
  const accepted = new Map<string, boolean>();
  for (const item of (acceptEncoding ?? "").split(",")) {
    const [coding = "", ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith("q="));
    accepted.set(coding, quality === undefined || Number(quality.slice(2)) > 0);
  }
  const isAccepted = (coding: string) => accepted.get(coding) ?? accepted.get("*") ?? false;
  if (isAccepted("br")) return "br";
  return isAccepted("gzip") ? "gzip" : "identity";
}
