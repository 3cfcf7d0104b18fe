#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2030,SC2031,SC2153,SC2154 # each test runs on its own; CODE is set by call; output and stderr by bats' run
# The daemon on a computer that fails it: the registry held, damaged, replaced or gone, the disk full, no file left to open.

load helper
load support/daemon
load support/disk

setup() {
  begin
  machine server
  REGISTRY=$(registry_of server)
}

teardown() {
  stop_servers
  drop_disk
}

# troubled CODE LOG METHOD PATH [BODY] [CURL-ARGUMENTS…]: that call is answered CODE and a sentence without a path; the
# log has LOG; main has not moved, and the daemon is there.
troubled() {
  local code=$1 log=$2 before lines
  shift 2
  before=$(main_now)
  lines=$(wc -l <"$DAEMON_LOG")
  call "$@"
  answers "$code" '(keys == ["error"]) and (.error | test("^[A-Z].*[a-z]$")) and (.error | contains("/") | not)' || return
  holds "$(tail -n "+$((lines + 1))" "$DAEMON_LOG")" "$log" 'the log' || return
  equal "$(main_now)" "$before" 'main' || return
  running "$DAEMON"
}

# main_now: the commit of main, or that there is none.
main_now() { git --git-dir="$REGISTRY" rev-parse --verify -q refs/heads/main 2>/dev/null || echo none; }

# disk SIZE: the registry is on a file system of its own, $WORLD/disk; the test is skipped where that cannot be had.
disk() {
  small_disk "$1"
  succeeds on server dev-infra init
  registry_to_disk server
}

# numbers: the records' numbers and names, in the order of the list.
numbers() {
  call GET /projects
  answers 200 || return
  jq -c 'map([.id, .name])' <<<"$ANSWER"
}

@test "a registry that another command holds for too long: 503 and when to come back, and done once it is free" {
  export DEV_INFRA_LOCK_TIMEOUT=0.5
  start_daemon server
  call POST /projects '{"name":"a"}'
  answers 201
  exec {lock}<>"$REGISTRY/dev-infra.lock"
  flock "$lock"
  troubled 503 "has held the registry $REGISTRY for 0.5 seconds" POST /projects '{"name":"b"}'
  [[ $(header Retry-After) =~ ^[1-9]$ ]]
  troubled 503 'has held the registry' PATCH /projects/1 '{"name":"c"}'
  troubled 503 'has held the registry' POST /projects/import '{"projects":[{"name":"d"}]}'
  troubled 503 'has held the registry' DELETE /projects/1
  equal "$(numbers)" '[[1,"a"]]'
  git clone -q "${API%/api}/registry.git" clone
  git -C clone -c user.name=a -c user.email=a@b.example commit -q --allow-empty -m Push
  run --separate-stderr git -C clone push -q
  [ "$status" -eq 1 ]
  assert_stderr_has 'another command holds the registry'
  refute_stderr_has "$REGISTRY"
  exec {lock}>&-
  call POST /projects '{"name":"b"}'
  answers 201 '.id == 2'
  stop_daemon
  sound server
}

@test "a push that the daemon is long about is not taken for one that nobody answers" {
  export DEV_INFRA_LOCK_TIMEOUT=30
  start_daemon server
  machine laptop
  project laptop src/a https://example.org/a.git
  succeeds on laptop dev-infra register src/a
  succeeds on laptop dev-infra remote add origin "${API%/api}/registry.git"
  exec {lock}<>"$REGISTRY/dev-infra.lock"
  flock "$lock"
  # Longer than the push waits in silence.
  sleep 8 3>&- &
  local holder=$!
  exec {lock}>&-
  succeeds on laptop dev-infra push --timeout 5
  wait "$holder"
  call GET /projects
  answers 200 'map(.name) == ["a"]'
}

@test "clients that wait together for a registry that is held are told together" {
  export DEV_INFRA_LOCK_TIMEOUT=2
  start_daemon server
  call GET /projects
  exec {lock}<>"$REGISTRY/dev-infra.lock"
  flock "$lock"
  local number clients=()
  for number in 1 2 3 4 5 6; do
    curl -sS -m 20 -o /dev/null -w '%{http_code}\n' -H 'Content-Type: application/json' -d "{\"name\":\"p$number\"}" \
      "$API/projects" >"$WORLD/code.$number" {lock}>&- 3>&- &
    clients+=("$!")
    sleep 0.2
  done
  wait "${clients[@]}"
  equal "$(sort -u "$WORLD"/code.*)" 503
  # One wait for all of them, and not one behind the other.
  equal "$(grep -c 'has held the registry' "$DAEMON_LOG")" 6
  exec {lock}>&-
  equal "$(numbers)" '[]'
}

@test "a disk that is full: 507 and nothing changed, whatever is lacking; reading goes on, and all is well with room again" {
  disk 16m
  start_daemon server
  call POST /projects '{"name":"first"}'
  answers 201
  fill_disk
  troubled 507 'No space left on device' POST /projects '{"name":"no"}'
  troubled 507 'No space left on device' PATCH /projects/1 '{"name":"no"}'
  troubled 507 'No space left on device' PATCH /projects/1 "{\"path\":\"/srv/$(printf '%0490d' 0)\",\"description\":\"no\"}"
  troubled 507 'No space left on device' DELETE /projects/1
  troubled 507 'No space left on device' POST /projects/import \
    "$(jq -cn '{projects: [range(300) | {name: "no\(.)", path: "/srv/\(.)"}]}')"
  equal "$(numbers)" '[[1,"first"]]'
  # A page more each time: there is room for more and more of what has to be written, objects, the reflog, the numbers.
  local made=0 tries
  for ((tries = 1; tries <= 30; tries++)); do
    fill_disk "$tries"
    call POST /projects "{\"name\":\"p$tries\",\"path\":\"/srv/p$tries\"}"
    case $CODE in
      201) made=$((made + 1)) ;;
      507) ;;
      *) answers 201 ;;
    esac
    equal "$(numbers | jq length)" "$((made + 1))" "after $tries pages"
  done
  [ "$made" -ge 3 ]
  local before
  before=$(numbers)
  equal "$(jq -c 'map(.[0]) | . == (unique)' <<<"$before")" true
  # Each line of what is kept of the numbers is whole.
  jq -e -s 'map(type == "object") | all' disk/registry/daemon/records >/dev/null
  kill_daemon
  start_daemon server
  equal "$(numbers)" "$before" 'after a restart on the full disk'
  clear_disk
  call POST /projects '{"name":"last"}'
  answers 201
  equal "$(jq .id <<<"$ANSWER")" "$((made + 2))"
  stop_daemon
  sound server
}

@test "a push over REST to a daemon whose disk is full ends with what is the matter, and not with each project" {
  disk 16m
  start_daemon server
  machine laptop
  project laptop src/a https://example.org/a.git
  project laptop src/b https://example.org/b.git
  succeeds on laptop dev-infra register src/a src/b
  succeeds on laptop dev-infra remote add wp "work-prod::${API%/api}"
  succeeds on laptop dev-infra push
  succeeds on laptop dev-infra set a status=paused
  succeeds on laptop dev-infra set b status=paused
  fill_disk
  runs 128 on laptop dev-infra push
  assert_stderr_line '^fatal: .*507.*no room to keep this'
  clear_disk
  succeeds on laptop dev-infra push
  call GET /projects
  answers 200 'map(.status) == ["paused", "paused"]'
}

@test "numbers are not told before they are on disk" {
  disk 16m
  start_daemon server
  call GET /projects
  local index
  for index in {1..60}; do project server "src/p$index" "https://example.org/p$index.git"; done
  succeeds on server sh -c 'dev-infra register src/*'
  fill_disk
  troubled 507 'No space left on device' GET /projects
  troubled 507 'No space left on device' GET /projects
  kill_daemon
  clear_disk
  start_daemon server
  call GET /projects
  answers 200 '[.[].id] == [range(1; 61)]'
}

@test "numbers in a damaged file are taken as far as they can be read, and the file is kept" {
  start_daemon server
  for name in a b c; do call POST /projects "{\"name\":\"$name\"}"; done
  stop_daemon
  local records=$REGISTRY/daemon/records
  local half
  # Half a line at the end is what a power cut leaves, with or without the room behind it.
  for half in '{"project":"00' $'{"project":"00\n\n\n'; do
    printf %s "$half" >>"$records"
    start_daemon server
    equal "$(numbers)" '[[1,"a"],[2,"b"],[3,"c"]]'
    lacks "$(cat "$DAEMON_LOG")" warning:
    stop_daemon
  done
  printf '%s\n' garbage '[]' '{"next":9223372036854775807}' '{"next":99999999999999999999,"number":-1}' >>"$records"
  cp "$records" before
  sed -n '$!s/"number":[0-9]*/"number":9223372036854775807/p' before | head -n 2 >>"$records"
  cp "$records" before
  start_daemon server
  call GET /projects
  answers 200 'map(.name) | sort == ["a", "b", "c"]'
  answers 200 'map(.id) | . == unique'
  holds "$(cat "$DAEMON_LOG")" "warning: 2 lines of $records cannot be read"
  cmp before "$records.damaged"
  call POST /projects '{"name":"d"}'
  answers 201 '.id < 100'
  stop_daemon
  sound server
}

@test "objects that may not be written any more: 507, and reading goes on" {
  disk 16m
  start_daemon server
  call POST /projects '{"name":"a"}'
  mount --bind disk/registry/objects disk/registry/objects
  mount -o remount,ro,bind disk/registry/objects
  troubled 507 'Read-only file system' POST /projects '{"name":"b"}'
  equal "$(numbers)" '[[1,"a"]]'
  umount disk/registry/objects
  call POST /projects '{"name":"b"}'
  answers 201 '.id == 2'
}

@test "a registry that is gone is not made anew, and served again where it is back" {
  start_daemon server
  call POST /projects '{"name":"a"}'
  mv "$REGISTRY" away
  troubled 503 "there is no registry at $REGISTRY any more" GET /projects
  equal "$(header Retry-After)" 60
  troubled 503 'there is no registry' POST /projects '{"name":"b"}'
  troubled 503 'there is no registry' GET /projects/1
  request '/registry.git/info/refs?service=git-upload-pack'
  answers 503
  call GET /health
  answers 200
  [ ! -e "$REGISTRY" ]
  mkdir "$REGISTRY"
  troubled 503 'there is no registry' POST /projects '{"name":"b"}'
  equal "$(ls -A "$REGISTRY")" ''
  rmdir "$REGISTRY"
  mv away "$REGISTRY"
  equal "$(numbers)" '[[1,"a"]]'
  call POST /projects '{"name":"b"}'
  answers 201 '.id == 2'
  stop_daemon
  sound server
}

@test "another registry in its place is served as what it is, with its own numbers, and by no other daemon" {
  start_daemon server
  call POST /projects '{"name":"a"}'
  call POST /projects '{"name":"b"}'
  call DELETE /projects/1
  stop_daemon
  cp -a "$REGISTRY" backup
  start_daemon server
  call POST /projects '{"name":"c"}'
  answers 201 '.id == 3'
  mv "$REGISTRY" former
  cp -a backup "$REGISTRY"
  equal "$(numbers)" '[[2,"b"]]'
  refuses 128 'served by another dev-infra daemon' on server dev-infra daemon --listen 127.0.0.1:0
  call POST /projects '{"name":"d"}'
  answers 201 '.id == 3'
  kill_daemon
  start_daemon server
  equal "$(numbers)" '[[2,"b"],[3,"d"]]'
  stop_daemon
  sound server
}

# object_of REVISION: the file of a loose object of the registry.
object_of() {
  local id
  id=$(registry_git server rev-parse "$1")
  printf '%s\n' "$REGISTRY/objects/${id:0:2}/${id:2}"
}

@test "a damaged object: what needs it is 503, the rest goes on, and its record keeps its number" {
  start_daemon server
  call POST /projects '{"name":"a"}'
  local id file
  id=$(jq -r .metadata.id <<<"$ANSWER")
  call POST /projects '{"name":"b"}'
  file=$(object_of "main:projects/${id:0:2}/${id:2}.json")
  cp "$file" whole
  chmod u+w "$file"
  head -c 30 whole >"$file"
  troubled 503 'damaged' PATCH /projects/1 '{"name":"c"}'
  call PATCH /projects/2 '{"name":"d"}'
  answers 200
  equal "$(numbers)" '[[1,"a"],[2,"d"]]'
  stop_daemon
  # What cannot be read at the start is left out, and is there again with its number.
  start_daemon server
  equal "$(numbers)" '[[2,"d"]]'
  call POST /projects '{"name":"e"}'
  answers 201 '.id == 3'
  stop_daemon
  cp whole "$file"
  start_daemon server
  equal "$(numbers)" '[[1,"a"],[2,"d"],[3,"e"]]'
  # Without its tree nothing can be changed.
  file=$(object_of 'main^{tree}')
  cp "$file" whole
  chmod u+w "$file"
  : >"$file"
  stop_daemon
  runs 128 on server timeout 60 dev-infra daemon --listen 127.0.0.1:0
  cp whole "$file"
  start_daemon server
  equal "$(numbers)" '[[1,"a"],[2,"d"],[3,"e"]]'
}

@test "a main that is damaged while it is served: 503, until it is whole" {
  start_daemon server
  call POST /projects '{"name":"a"}'
  local main
  main=$(main_of server)
  printf '1234567890123456789012345678901234567890\n' >"$REGISTRY/refs/heads/main"
  call GET /projects
  answers 503
  call POST /projects '{"name":"b"}'
  answers 503
  printf 'garbage\n' >"$REGISTRY/refs/heads/main"
  call GET /projects
  answers 503
  printf '%s\n' "$main" >"$REGISTRY/refs/heads/main"
  equal "$(numbers)" '[[1,"a"]]'
  call POST /projects '{"name":"b"}'
  answers 201 '.id == 2'
}

@test "no file left to open: nobody is lost for ever, and nothing of what is there" {
  ulimit -n 60
  start_daemon server
  call POST /projects '{"name":"a"}'
  answers 201
  local port=${API##*:} held index
  port=${port%/api}
  python3 - "$port" >"$WORLD/held" 3>&- <<'END' &
import socket, sys, time
connections = []
for _ in range(58):
    try:
        connections.append(socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1))
    except OSError:
        break
print("open", flush=True)
time.sleep(4)
END
  held=$!
  for ((index = 0; index < 200; index++)); do
    [ ! -s "$WORLD/held" ] || break
    sleep 0.05
  done
  call GET /projects '' -m 2 || true
  wait "$held"
  for ((index = 0; index < 20; index++)); do
    if call PATCH /projects/1 '{"name":"c"}' && [ "$CODE" = 200 ]; then break; fi
    sleep 0.5
  done
  answers 200
  equal "$(numbers)" '[[1,"c"]]'
  stop_daemon
  sound server
}
