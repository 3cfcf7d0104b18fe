# shellcheck shell=bash
# `dev-infra daemon` on loopback for the tests, and calls of its interface with curl.

# start_daemon MACHINE [ARGUMENTS…]: serves that machine's registry on a free port; sets API, DAEMON and DAEMON_LOG.
start_daemon() {
  launch_daemon "$WORLD/$1" "${@:2}" || return
  API=$DAEMON_URL/api
}

# start_mode full|plain: the daemon as ours, or as the deployed service is, with what it holds in the machine's home.
start_mode() {
  case $1 in
    full) start_daemon server ;;
    plain) start_daemon server --plain --registry "$WORLD/server/plain" ;;
  esac
}

# call METHOD PATH [BODY] [CURL-ARGUMENTS…]: sets CODE, ANSWER and HEADERS.
call() {
  local method=$1 path=$2 body=${3-} out=$BATS_TEST_TMPDIR/answer
  shift 2
  if [ $# -gt 0 ]; then shift; fi
  local arguments=(-sS -m 20 -o "$out" -D "$out.head" -w '%{http_code}' -X "$method")
  if [ "$method" = HEAD ]; then arguments=(-sS -m 20 -o /dev/null -D "$out.head" -w '%{http_code}' -I); fi
  if [ -n "$body" ]; then arguments+=(-H 'Content-Type: application/json' --data-binary @-); fi
  : >"$out"
  # By a pipe, for bodies longer than an argument may be.
  CODE=$(printf '%s' "$body" | curl "${arguments[@]}" "$@" "$API$path")
  ANSWER=$(cat "$out")
  HEADERS=$(tr -d '\r' <"$out.head")
}

# answers CODE [JQ-FILTER]: the last answer had that status, and the filter is true of its JSON.
answers() {
  [ "$CODE" = "$1" ] || {
    printf 'expected %s, not %s: %s\n' "$1" "$CODE" "$ANSWER" >&2
    return 1
  }
  [ -z "${2-}" ] || jq -e "$2" <<<"$ANSWER" >/dev/null || {
    printf 'not so: %s\nanswer: %s\n' "$2" "$ANSWER" >&2
    return 1
  }
}

# refused CODE TEXT: the last answer was that refusal, in the contract's form, to the letter.
refused() {
  answers "$1" || return
  equal "$(jq -c . <<<"$ANSWER")" "$(jq -cn --arg text "$2" '{error: $text}')" 'the refusal'
}

# header NAME: its value in the last answer.
header() { sed -n "s/^$1: //Ip" <<<"$HEADERS"; }
