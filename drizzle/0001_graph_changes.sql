CREATE TABLE "graph_changes" (
	"position" bigint PRIMARY KEY NOT NULL,
	"transaction_end" bigint NOT NULL,
	"payload" "bytea",
	"bytes_until" bigint NOT NULL,
	"changed_at" timestamp (6) with time zone NOT NULL
);
