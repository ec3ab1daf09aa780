import "./theme/tokens.css";
import "./theme/base.css";
import { options, render } from "preact";
import { App } from "./app/index.ts";
import { startNavigation } from "./routing/index.ts";
import { initTheme } from "./theme/index.ts";

// Run effects right after the render that caused them, as React does after a key press. The combobox writes to its
// input in an effect; if that waited for the next frame, it could overwrite newer keystrokes.
(options as { requestAnimationFrame?: (effects: () => void) => void }).requestAnimationFrame = queueMicrotask;

initTheme();
startNavigation();
// Make relative links absolute: browsers would otherwise resolve them again against each URL that the page navigates
// to.
for (const link of document.querySelectorAll("link")) link.setAttribute("href", link.href);
const root = document.getElementById("app");
if (root !== null) render(<App />, root);
