#!/usr/bin/env bash
# The postgres image runs this when it creates a database: creates a role for replicas, and allows it to connect.
set -euo pipefail

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set password="$REPLICATION_PASSWORD" <<< "CREATE ROLE replicator WITH REPLICATION LOGIN PASSWORD :'password';"
echo 'host replication replicator all scram-sha-256' >> "$PGDATA/pg_hba.conf"
