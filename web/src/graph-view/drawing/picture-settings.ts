import type { Settings } from "sigma/settings";

/** How sigma draws the picture, and lets itself be moved about in it. */
export const pictureSettings = {
  // The other ways show a hint that styles itself within the page, which its policy refuses.
  gestureTarget: "graph",
  enableCameraRotation: false,
  labelDensity: 0.5,
  labelGridCellSize: 190,
  labelRenderedSizeThreshold: 5,
  stagePadding: 34,
  // What is pointed at we find ourselves: the picture that sigma would look it up in is a pixel.
  pickingDownSizingRatio: 10_000,
  maxCameraRatio: 4,
  minCameraRatio: 0.02,
  doubleClickZoomingRatio: 1,
} as const satisfies Partial<Settings>;
