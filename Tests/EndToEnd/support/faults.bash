# shellcheck shell=bash
# shellcheck disable=SC2154 # WORLD, SERVERS and SUPPORT are set by helper.bash
# A work-prod service on loopback, and a proxy before it that does harm by a plan; see fault_proxy.py.

# start_service [OPTION…]: a service; sets SERVICE, its URL. With --plain it behaves as the deployed one does.
start_service() {
  launch_daemon "$HOME" --registry "$SERVERS/service.$SRANDOM" "$@" || return
  SERVICE=$DAEMON_URL
}

# has_service MACHINE…: the service is a remote of each, `wp`.
has_service() {
  local name
  for name; do on "$name" dev-infra remote add --work-prod wp "$SERVICE"; done
}

# start_faults URL [CERTIFICATE KEY]: the proxy before the server at URL; sets FAULTS, its directory, and FAULTS_PORT.
start_faults() {
  local port=${1##*:}
  shift
  FAULTS=$SERVERS/faults.$RANDOM
  mkdir -p "$FAULTS"
  : >"$FAULTS/log"
  start_server python3 "$SUPPORT/fault_proxy.py" "$FAULTS" "$port" "$@"
  await_file "$FAULTS/port"
  FAULTS_PORT=$(cat "$FAULTS/port")
  export FAULTS_PORT
}

# plan LINE…: what happens to the requests from now on, which are counted anew; without a line, nothing.
plan() {
  : >"$FAULTS/log"
  if [ $# -gt 0 ]; then printf '%s\n' "$@" >"$FAULTS/plan.new"; else : >"$FAULTS/plan.new"; fi
  mv "$FAULTS/plan.new" "$FAULTS/plan"
}

# requests: how many came since the plan was made.
requests() { wc -l <"$FAULTS/log"; }

# changing_requests: those among them that change a record; what machines say of their checkouts is none.
changing_requests() { grep -vE '^(GET|HEAD) | /api/states/' "$FAULTS/log" || true; }

# records FILTER: what jq makes of the service's records.
records() { curl -sS --fail --noproxy '*' "$SERVICE/api/projects" | jq -rc "$1"; }

# start_work_prod [OPTION…]: a service that is not ours, as the deployed one behaves; see work_prod.py. Sets SERVICE.
start_work_prod() {
  local port=$SERVERS/work-prod.$RANDOM
  mkdir -p "$SERVERS"
  start_server python3 "$SUPPORT/work_prod.py" "$port" "$@"
  await_file "$port"
  SERVICE=http://127.0.0.1:$(cat "$port")
}

# other_client METHOD PATH [BODY]: what another client of the service asks of it.
other_client() {
  curl -sS --fail-with-body --noproxy '*' -X "$1" -H 'Content-Type: application/json' ${3+--data-binary "$3"} \
    "$SERVICE/api/projects$2"
}

# registers MACHINE NAME [URL]: a project there that is in its registry, without a remote or with one.
registers() {
  project "$1" "src/$2" "${3-}"
  on "$1" dev-infra register --quiet "src/$2"
}
