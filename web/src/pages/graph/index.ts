export { GraphPage } from "./graph-page.tsx";
