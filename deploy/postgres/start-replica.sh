#!/usr/bin/env bash
# Starts a streaming replica: copies the primary if there is no data yet, then follows it. In the postgres image it starts
# as root, and continues as postgres.
set -euo pipefail

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chown -R postgres:postgres "$PGDATA"
  chmod 700 "$PGDATA"
  exec gosu postgres bash "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # --write-recovery-conf makes it follow the primary. An incomplete copy is started again.
  find "$PGDATA" -mindepth 1 -delete
  PGPASSWORD="$REPLICATION_PASSWORD" pg_basebackup --host="$PRIMARY_HOST" --port="${PRIMARY_PORT:-5432}" \
    --username=replicator --pgdata="$PGDATA" --wal-method=stream --write-recovery-conf
fi

exec postgres "$@"
