# shellcheck shell=bash
# Servers on loopback for the tests: of git, and the daemon. Each is started in a setup, and `stop_servers` ends all in the teardown.

# await_file PATH: waits up to ten seconds for a server to say that it is up.
await_file() {
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    [ -s "$1" ] && return 0
    sleep 0.05
  done
  echo "no server came up: $1 is missing" >&2
  return 1
}

# start_server COMMAND…: runs it in the background and remembers it.
# bats waits for every process that holds its descriptor 3, hence the redirections.
start_server() {
  "$@" </dev/null >"$SERVERS/log.$BASHPID" 2>&1 3>&- &
  printf '%s\n' "$!" >>"$SERVERS/pids"
}

# launch_daemon HOME [VARIABLE=VALUE…] [OPTION…]: `dev-infra daemon` in that home, on a free port; sets DAEMON, its process,
# DAEMON_LOG, where it writes what it logs, and DAEMON_URL.
launch_daemon() {
  local home=$1 tries variables=()
  shift
  while [[ ${1-} == [A-Z]*=* ]]; do
    variables+=("$1")
    shift
  done
  mkdir -p "$SERVERS"
  DAEMON_LOG=$SERVERS/daemon.$SRANDOM
  : >"$DAEMON_LOG.out"
  # Not through `on`, whose subshell would be what a signal goes to.
  HOME=$home env "${variables[@]}" "$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-daemon" --listen 127.0.0.1:0 "$@" \
    </dev/null >"$DAEMON_LOG.out" 2>"$DAEMON_LOG" 3>&- &
  DAEMON=$!
  printf '%s\n' "$DAEMON" >>"$SERVERS/pids"
  for ((tries = 0; tries < 400; tries++)); do
    DAEMON_URL=$(sed -n 's|^listening on \(.*\)/api$|\1|p' "$DAEMON_LOG.out")
    [ -z "$DAEMON_URL" ] || return 0
    kill -0 "$DAEMON" 2>/dev/null || break
    sleep 0.05
  done
  cat "$DAEMON_LOG" >&2
  echo 'the daemon did not come up' >&2
  return 1
}

# stop_daemon: ends it gracefully, and expects that it says 0.
stop_daemon() {
  local code=0
  kill "$DAEMON" && wait "$DAEMON" || code=$?
  equal "$code" 0 'the status of the daemon'
}

# kill_daemon: ends it as a power cut would.
kill_daemon() {
  kill -KILL "$DAEMON"
  wait "$DAEMON" || true
}

# stop_servers: for the teardown of a file whose tests start servers of their own, or for its teardown_file.
stop_servers() {
  local pid
  [ -f "${SERVERS:-/nonexistent}/pids" ] || return 0
  while read -r pid; do
    kill "$pid" 2>/dev/null || true
  done <"$SERVERS/pids"
  rm -f "$SERVERS/pids"
}

# start_http ROOT: serves the bare repositories below ROOT; sets HTTP_URL.
start_http() {
  mkdir -p "$SERVERS"
  rm -f "$SERVERS/http.port"
  start_server python3 "$SUPPORT/http_git_server.py" "$1" "$SERVERS/http.port"
  await_file "$SERVERS/http.port"
  HTTP_URL="http://127.0.0.1:$(cat "$SERVERS/http.port")"
  export HTTP_URL
}

# start_silent: a port that accepts and stays silent; sets SILENT_PORT.
start_silent() {
  mkdir -p "$SERVERS"
  rm -f "$SERVERS/silent.port"
  start_server python3 "$SUPPORT/silent_server.py" "$SERVERS/silent.port"
  await_file "$SERVERS/silent.port"
  SILENT_PORT=$(cat "$SERVERS/silent.port")
  export SILENT_PORT
}

# start_sshd: Debian's OpenSSH server on a free port of loopback, with host and user keys of its own; sets SSHD_PORT,
# and SSHD_CONFIG, the client configuration that reaches it, also by the name `forge`.
start_sshd() {
  local directory=$SERVERS/ssh tries
  # The other end of a connection has a home of its own too, and none of the account's start-up files.
  mkdir -p "$directory/home"
  # sshd drops its privileges into this directory; Debian makes it when the service starts.
  if [ "$(id -u)" -eq 0 ]; then mkdir -p /run/sshd; fi
  [ -f "$directory/host" ] || ssh-keygen -q -t ed25519 -N '' -C '' -f "$directory/host"
  [ -f "$directory/user" ] || ssh-keygen -q -t ed25519 -N '' -C '' -f "$directory/user"
  cp "$directory/user.pub" "$directory/authorized_keys"
  for ((tries = 0; tries < 5; tries++)); do
    SSHD_PORT=$(python3 "$SUPPORT/free_port.py")
    rm -f "$directory/sshd.pid"
    cat >"$directory/sshd_config" <<END
ListenAddress 127.0.0.1
Port $SSHD_PORT
HostKey $directory/host
AuthorizedKeysFile $directory/authorized_keys
PidFile $directory/sshd.pid
StrictModes no
PermitRootLogin yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
AcceptEnv GIT_PROTOCOL
SetEnv HOME="$directory/home" GIT_CONFIG_NOSYSTEM=1
END
    start_server timeout 600 "$(command -v sshd || echo /usr/sbin/sshd)" -D -e -f "$directory/sshd_config"
    await_file "$directory/sshd.pid" && break
  done
  [ -s "$directory/sshd.pid" ] || return 1
  SSHD_CONFIG=$directory/config
  export SSHD_PORT SSHD_CONFIG
  cat >"$SSHD_CONFIG" <<END
Host forge
  HostName 127.0.0.1
  Port $SSHD_PORT
Host *
  User $(id -un)
  IdentityFile "$directory/user"
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
END
}
