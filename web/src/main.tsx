import "./theme/tokens.css";
import "./theme/base.css";
import { render } from "preact";
import { followLinks } from "./routing/navigation.ts";
import { App } from "./shell/app.tsx";
import { startTheme } from "./theme/theme.ts";

startTheme();
followLinks();
const place = document.getElementById("app");
if (place !== null) render(<App />, place);
