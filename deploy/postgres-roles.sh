#!/bin/sh
# Run once by PostgreSQL's image in an empty database: the role under which everything but migrations runs.
set -eu
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set password="$QUAESTOR_PASSWORD" <<'SQL'
CREATE ROLE quaestor LOGIN PASSWORD :'password';
GRANT CONNECT ON DATABASE quaestor TO quaestor;
SQL
