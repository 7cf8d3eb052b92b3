#!/bin/sh
# backup.sh DIRECTORY: one dump of the database that DATABASE_URL names, readable by its owner only, with its checksum.
#
# DATABASE_URL belongs to a role that reads every table. PG_BIN names the folder of PostgreSQL's programs, where they are
# not those of the PATH; they must be as new as the server. Documents of identity checks lie in the object store and are
# kept by its own versions; the key-encryption keys are in neither, and without them nothing sealed can be read.
# Exit code 0: the last line printed is the dump's path. Else nothing is left behind.
set -eu
umask 077
directory=${1:?backup.sh DIRECTORY}
: "${DATABASE_URL:?must name the database}"
mkdir -p "$directory"
name=quaestor-$(date -u +%Y%m%dT%H%M%SZ)-$$.dump
trap 'rm -f "$directory/.$name" "$directory/$name.sha256"' EXIT
trap 'exit 1' HUP INT TERM
"${PG_BIN:+$PG_BIN/}pg_dump" --format=custom --no-password --serializable-deferrable --dbname="$DATABASE_URL" \
  --file="$directory/.$name"
# A dump that can't be listed is none.
"${PG_BIN:+$PG_BIN/}pg_restore" --list "$directory/.$name" >/dev/null
(cd "$directory" && sha256sum ".$name" | sed "s/ \.$name/ $name/" >"$name.sha256")
mv "$directory/.$name" "$directory/$name"
trap - EXIT
echo "$directory/$name"
