# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # used by the files that load this; WORLD, SERVERS and SUPPORT are set by helper.bash
# A daemon as it stands in the network: served to clients over TLS, slow ones, and git. Its setup is begin_edge.

# shellcheck source-path=SCRIPTDIR source=daemon.bash
. "$SUPPORT/daemon.bash"

# begin_edge: a world with the machine `server`.
begin_edge() {
  begin
  machine server
}

# certificate NAME: a certificate for localhost and its key, in NAME.pem and NAME.key.
certificate() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj '/CN=localhost' \
    -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$WORLD/$1.key" -out "$WORLD/$1.pem" 2>/dev/null
}

# clone_registry: a clone of the served registry in $WORLD/clone, with an identity.
clone_registry() {
  git clone -q "$@" "$DAEMON_URL/registry.git" "$WORLD/clone"
  git -C "$WORLD/clone" config user.name Somebody
  git -C "$WORLD/clone" config user.email somebody@example.org
}

# push_refused TEXT ARGUMENTS…: git push fails, says TEXT, and the server's branches are as they were.
push_refused() {
  local text=$1 before
  shift
  before=$(registry_git server for-each-ref)
  run git -C "$WORLD/clone" push "$@"
  [ "$status" -eq 1 ] || explain 'a push was not refused' || return
  holds "$output" "$text" || return
  equal "$(registry_git server for-each-ref)" "$before"
}

# children: the processes that the daemon has started and not seen the end of.
children() { cat "/proc/$DAEMON"/task/*/children | tr -d ' \n'; }

# no_children: it has seen the end of all of them.
no_children() { equal "$(children)" '' 'processes that are left'; }

# peak PID: the most memory that a process has had, in kilobytes.
peak() { sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$1/status"; }

# modest: the daemon has never had more than 256 MB.
modest() { [ "$(peak "$DAEMON")" -lt 262144 ] || explain "the daemon took $(peak "$DAEMON") kB"; }

# slow COUNT TEXT [OPTION…]: that many slow clients, see slow_clients.py, until `end_slow`; sets SLOW.
slow() {
  local count=$1 text=$2
  shift 2
  rm -f "$WORLD/slow.ready"
  python3 "$SUPPORT/slow_clients.py" "$PORT" "$count" "$WORLD/slow.ready" "$text" "$@" >"$WORLD/slow.closed" 2>&1 3>&- &
  SLOW=$!
  printf '%s\n' "$SLOW" >>"$SERVERS/pids"
  await_file "$WORLD/slow.ready"
}

# await_slow SECONDS: waits so long for all slow clients to be gone by themselves.
await_slow() {
  local tries
  for ((tries = 0; tries < $1 * 10; tries++)); do
    if ! running "$SLOW"; then return; fi
    sleep 0.1
  done
}

end_slow() {
  kill "$SLOW" 2>/dev/null || true
  wait "$SLOW" || true
}
