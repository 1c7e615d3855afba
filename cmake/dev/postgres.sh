#!/bin/bash
# A private, throw-away PostgreSQL cluster for tests.
#
#   postgres.sh start DIR   initialises and starts it; DIR/dsn then holds its connection string
#   postgres.sh stop DIR    stops it and removes its data
#
# It listens on a Unix socket only, so any number of clusters can run side by side. Durability is
# switched off: tests of durability start their own. The data live in the system's temporary
# directory, because PostgreSQL refuses to run as root and the account that it runs as then may not
# be able to enter the build directory.
set -euo pipefail

verb=${1:?usage: postgres.sh start|stop DIR}
dir=${2:?usage: postgres.sh start|stop DIR}

bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -1)
if [[ ! -x $bin/initdb ]]; then
  echo "postgres.sh: PostgreSQL's server programs are missing; run ./dev setup" >&2
  exit 1
fi

as_server() {
  if [[ $(id -u) == 0 ]]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

stop() {
  [[ -f $dir/data ]] || return 0
  local data
  data=$(<"$dir/data")
  rm -f "$dir/dsn" "$dir/data"
  [[ -d $data ]] || return 0
  as_server "$bin/pg_ctl" stop -D "$data/db" -m immediate >/dev/null 2>&1 || true
  rm -rf -- "$data"
}

start() {
  mkdir -p "$dir"
  stop  # of a run that was killed
  local data
  data=$(mktemp -d "${TMPDIR:-/tmp}/accordion-pg.XXXXXX")
  echo "$data" >"$dir/data"
  if [[ $(id -u) == 0 ]]; then chown postgres: "$data"; fi
  as_server "$bin/initdb" -D "$data/db" -U postgres -A trust -E UTF8 --locale=C --no-sync \
    >/dev/null
  as_server tee -a "$data/db/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$data'
max_connections = 200
shared_buffers = 64MB
fsync = off
full_page_writes = off
synchronous_commit = off
log_min_messages = fatal
CONF
  # Its output goes to a file, or ctest would wait for the server to close our pipe.
  if ! as_server "$bin/pg_ctl" start -D "$data/db" -w -t 30 -l "$data/log" </dev/null >/dev/null 2>&1
  then
    cat "$data/log" >&2
    exit 1
  fi
  echo "host=$data user=postgres dbname=postgres" >"$dir/dsn"
}

case $verb in
  start) start ;;
  stop) stop ;;
  *) echo "postgres.sh: unknown verb $verb" >&2; exit 2 ;;
esac
