# shellcheck shell=bash
# shellcheck disable=SC2154 # WORLD, SERVERS and SUPPORT are set by helper.bash
# A work-prod service on loopback, and a proxy before it that does harm by a plan; see fault_proxy.py.

# start_service [OPTION…]: a service; sets SERVICE, its URL. With --plain it behaves as the deployed one does.
start_service() {
  local name=service.$RANDOM tries
  mkdir -p "$SERVERS"
  "$DEV_INFRA_PREFIX/bin/dev-infra" daemon --listen 127.0.0.1:0 --registry "$SERVERS/$name" "$@" \
    </dev/null >"$SERVERS/$name.out" 2>"$SERVERS/$name.err" 3>&- &
  printf '%s\n' "$!" >>"$SERVERS/pids"
  for ((tries = 0; tries < 400; tries++)); do
    SERVICE=$(grep -ohE 'http://127\.0\.0\.1:[0-9]+' "$SERVERS/$name.out" "$SERVERS/$name.err" | head -n 1) || true
    if [ -n "$SERVICE" ]; then return 0; fi
    sleep 0.05
  done
  cat "$SERVERS/$name.err" >&2
  return 1
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

# changing_requests: those among them that change something.
changing_requests() { grep -vE '^(GET|HEAD) ' "$FAULTS/log" || true; }

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

# call METHOD PATH [BODY]: another client of the service.
call() {
  curl -sS --fail-with-body --noproxy '*' -X "$1" -H 'Content-Type: application/json' ${3+--data-binary "$3"} \
    "$SERVICE/api/projects$2"
}

# registers MACHINE NAME [URL]: a project there that is in its registry, without a remote or with one.
registers() {
  project "$1" "src/$2" "${3-}"
  on "$1" dev-infra register --quiet "src/$2"
}
