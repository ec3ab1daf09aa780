import "./theme/tokens.css";
import "./theme/base.css";
import { options, render } from "preact";
import { App } from "./app/index.ts";
import { startNavigation } from "./routing/index.ts";
import { initTheme } from "./theme/index.ts";

// Effects run right after what they follow is drawn, as React has it after a key is pressed: the combobox writes into
// its input in one, and by the next frame more may have been typed.
(options as { requestAnimationFrame?: (effects: () => void) => void }).requestAnimationFrame = queueMicrotask;

initTheme();
startNavigation();
// What the page names relative to its first address, browsers would look for again from every address after it.
for (const link of document.querySelectorAll("link")) link.setAttribute("href", link.href);
const place = document.getElementById("app");
if (place !== null) render(<App />, place);
