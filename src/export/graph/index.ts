export { type ChosenWorks, chooseWorks, type Neighbourhood } from "./chosen-works.ts";
export { graphml } from "./graphml.ts";
export { pajek } from "./pajek.ts";
export { vosviewerMap, vosviewerNetwork } from "./vosviewer.ts";
