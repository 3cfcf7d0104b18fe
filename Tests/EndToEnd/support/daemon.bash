# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # used by the files that load this; WORLD and SUPPORT are set by helper.bash
# `dev-infra daemon` on loopback for the tests, and requests with curl and of bytes as they are.

# start_daemon MACHINE [VARIABLE=VALUE…] [OPTION…]: serves that machine's registry on a free port; sets API and PORT, and what
# launch_daemon sets.
start_daemon() {
  launch_daemon "$WORLD/$1" "${@:2}" || return
  API=$DAEMON_URL/api
  PORT=${DAEMON_URL##*:}
}

# serve [VARIABLE=VALUE…] [OPTION…]: that of the machine `server`.
serve() { start_daemon server "$@"; }

# start_mode full|plain: the daemon as ours, or as the deployed service is, with what it holds in the machine's home.
start_mode() {
  case $1 in
    full) start_daemon server ;;
    plain) start_daemon server --plain --registry "$WORLD/server/plain" ;;
  esac
}

# request PATH [CURL-OPTION…]: sets CODE, ANSWER and HEADERS, the answer's first line among them; ANSWER_FILE has its bytes.
request() {
  local path=$1
  shift
  ANSWER_FILE=$BATS_TEST_TMPDIR/answer
  : >"$ANSWER_FILE"
  CODE=$(curl -sS -m 20 -D "$ANSWER_FILE.head" -o "$ANSWER_FILE" -w '%{http_code}' "$@" "$DAEMON_URL$path") || return
  ANSWER=$(tr -d '\0' <"$ANSWER_FILE")
  HEADERS=$(tr -d '\r' <"$ANSWER_FILE.head")
}

# call METHOD PATH [BODY] [CURL-OPTION…]: a request of the interface, with JSON for a body.
call() {
  local method=(-X "$1") path=$2 body=${3-} json=()
  shift 2
  if [ $# -gt 0 ]; then shift; fi
  # The answer to it has no body, and without this curl waits for one.
  if [ "${method[1]}" = HEAD ]; then method=(-I); fi
  if [ -n "$body" ]; then json=(-H 'Content-Type: application/json' --data-binary @-); fi
  # By a pipe, for bodies longer than an argument may be.
  request "/api$path" "${method[@]}" "${json[@]}" "$@" < <(printf '%s' "$body")
}

# ask STATUS PATH [CURL-OPTION…]: a request that is answered with that status.
ask() {
  request "${@:2}" || return
  answers "$1"
}

# post BODY [CURL-OPTION…]: a new record.
post() {
  call POST /projects "$@" || return
  answers 201
}

# raw STATUS [OPTION…] TEXT: sends bytes as they are, see raw_http.py; the answer has that status.
raw() {
  local expected=$1
  shift
  ANSWER_FILE=$BATS_TEST_TMPDIR/answer
  python3 "$SUPPORT/raw_http.py" "$PORT" "$@" >"$ANSWER_FILE.raw" || return
  HEADERS=$(tr -d '\r' <"$ANSWER_FILE.raw" | sed '/^$/q')
  ANSWER=$(tr -d '\r' <"$ANSWER_FILE.raw" | sed '1,/^$/d')
  CODE=${HEADERS#HTTP/1.1 }
  CODE=${CODE%% *}
  answers "$expected"
}

# answers CODE [JQ-FILTER]: the last answer had that status and what every answer has, and the filter is true of its JSON.
answers() {
  [ "$CODE" = "$1" ] || {
    printf 'expected %s, not %s\n%s\n%s\n' "$1" "$CODE" "$HEADERS" "$ANSWER" >&2
    return 1
  }
  guarded || return
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

# guarded: the last answer has what every answer has, and says what is wrong where something is.
guarded() {
  local line
  for line in 'X-Content-Type-Options: nosniff' \
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'" 'Referrer-Policy: no-referrer'; do
    grep -q -x -F -e "$line" <<<"$HEADERS" || {
      printf 'no %s in:\n%s\n' "$line" "$HEADERS" >&2
      return 1
    }
  done
  grep -q -i '^Cache-Control: .*no-' <<<"$HEADERS" || return
  # Of the deployed service's refusals some are pages.
  if grep -q -E '^HTTP/1.1 [45]' <<<"$HEADERS" && ! grep -q -i '^Content-Type: text/html' <<<"$HEADERS"; then
    jq -e '.error | type == "string"' <<<"$ANSWER" >/dev/null
  fi
}

# alive: the daemon is there, and answers.
alive() { running "$DAEMON" && ask 200 /api/health; }

key() { on server dev-infra daemon key "$@"; }
