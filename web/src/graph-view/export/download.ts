/** Gives the browser a file to keep. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads it once it has begun; a minute is enough for that.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
