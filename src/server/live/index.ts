export { defaultStreamTimes, type StreamTimes, useEventStream } from "./event-stream.ts";
export { defaultFollowLimits, type FollowLimits, LiveChanges } from "./live-changes.ts";
