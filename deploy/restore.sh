#!/bin/sh
# restore.sh DUMP: bring a dump into the empty database that DATABASE_URL names, and prove what came.
#
# Also the drill: run it every week into a database made for it, and drop that afterwards. Nothing is written where a table
# is already there. Ends with 0 only where the dump is the one that was written, everything came, the books hold
# (`audit_ledger --full`) and the audit log is whole (`verify_audit`). Afterwards `manage.py set_up --role quaestor`
# gives the application's role its rights. QUAESTOR_PYTHON names the interpreter with the product's libraries.
set -eu
dump=${1:?restore.sh DUMP}
: "${DATABASE_URL:?must name an empty database}"
here=$(cd "$(dirname "$0")/.." && pwd)
psql() { "${PG_BIN:+$PG_BIN/}psql" --no-psqlrc --no-password --quiet --tuples-only --no-align --set ON_ERROR_STOP=1 "$DATABASE_URL" "$@"; }

[ -f "$dump" ] || { echo "There is no $dump." >&2; exit 2; }
(cd "$(dirname "$dump")" && sha256sum --check --status "$(basename "$dump").sha256") || {
  echo "$dump is not what was written: its checksum differs or is missing." >&2
  exit 2
}
tables=$(psql --command "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
[ "$tables" = 0 ] || { echo "The database has $tables tables: nothing is restored over another." >&2; exit 2; }

"${PG_BIN:+$PG_BIN/}pg_restore" --exit-on-error --single-transaction --no-owner --no-privileges --no-password \
  --dbname="$DATABASE_URL" "$dump"
psql --command "ANALYZE"
cd "$here"
"${QUAESTOR_PYTHON:-python}" manage.py audit_ledger --full
"${QUAESTOR_PYTHON:-python}" manage.py verify_audit
echo "Restored and proven."
