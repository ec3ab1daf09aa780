/** Told with every commit that puts documents into the queue. */
export const queuedChannel = "pith_graph_submissions";

/** Told with every commit that finishes submissions; the payload is their ids, separated by spaces. */
export const finishedChannel = "pith_graph_submission_done";

/** PostgreSQL allows a payload of 8,000 bytes; an id and its space are 37. */
export const idsInOneNotice = 200;
