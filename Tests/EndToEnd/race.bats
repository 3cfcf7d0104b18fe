#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Commands at once: on one machine, on two, and cut off in the middle.

load helper

setup() {
  begin
  machine laptop
  succeeds on laptop dev-infra init --name laptop
}

# together COMMAND…: starts it in the background; `all_done` waits for all and fails when one did.
together() {
  "$@" >"$BATS_TEST_TMPDIR/together.${#TOGETHER[@]}" 2>&1 3>&- &
  TOGETHER+=("$!")
}

all_done() {
  local index code bad=0
  for index in "${!TOGETHER[@]}"; do
    code=0
    wait "${TOGETHER[index]}" || code=$?
    if [ "$code" -ne 0 ]; then
      printf 'number %s ended with %s: %s\n' "$index" "$code" "$(cat "$BATS_TEST_TMPDIR/together.$index")" >&2
      bad=1
    fi
  done
  TOGETHER=()
  return "$bad"
}

@test "eight commands that register at once: all are there, one commit each" {
  local name before expected=''
  before=$(commits_of laptop)
  for name in 1 2 3 4 5 6 7 8; do
    project laptop "p$name"
    expected+="p$name "
  done
  for name in 1 2 3 4 5 6 7 8; do together on laptop dev-infra register "p$name"; done
  all_done
  equal "$(names_of laptop) " "$expected"
  equal "$(commits_of laptop)" $((before + 8))
  sound laptop
}

@test "eight commands that make the registry at once agree on one" {
  local name
  machine tablet
  for name in 1 2 3 4 5 6 7 8; do project tablet "p$name"; done
  for name in 1 2 3 4 5 6 7 8; do together on tablet dev-infra register "p$name"; done
  all_done
  equal "$(names_of tablet)" 'p1 p2 p3 p4 p5 p6 p7 p8'
  equal "$(registry_git tablet ls-tree --name-only main machines/ | wc -l)" 1 'machines'
  sound tablet
}

@test "edits of different fields of one project at once are all kept, while the store is tidied" {
  local number before
  project laptop app
  succeeds on laptop dev-infra register app
  before=$(commits_of laptop)
  for number in 1 2 3 4 5 6 7 8; do together on laptop dev-infra set app tags+="t$number"; done
  together on laptop dev-infra gc
  together on laptop dev-infra list
  all_done
  equal "$(field laptop app tags)" '["t1","t2","t3","t4","t5","t6","t7","t8"]'
  equal "$(commits_of laptop)" $((before + 8))
  sound laptop
}

@test "readers see a whole registry while it changes" {
  local number
  for number in 1 2 3 4; do project laptop "p$number"; done
  succeeds on laptop dev-infra register p1 p2 p3 p4
  writer() { for number in 1 2 3 4 5 6 7 8 9 10; do on laptop dev-infra set "p$((number % 4 + 1))" description="$number"; done; }
  reader() {
    local rows
    for number in 1 2 3 4 5 6 7 8 9 10 11 12; do
      rows=$(on laptop dev-infra "$@" | cut -f 1 | paste -s -d ' ') || return
      [ "$rows" = 'p1 p2 p3 p4' ] || {
        echo "read: $rows"
        return 1
      }
    done
  }
  together writer
  together reader list
  together reader list
  all_done
}

@test "two machines that push at once, again and again: both end up there" {
  local round name expected=''
  shared
  for round in 1 2 3 4 5 6; do
    for name in laptop desktop; do
      project "$name" "$name$round"
      succeeds on "$name" dev-infra register "$name$round"
      expected+="$name$round "
    done
    together on laptop dev-infra push
    together on desktop dev-infra push
    all_done
    # Nobody has pulled: the remote has what each of them sent.
    equal "$(git --git-dir="$REMOTE" ls-tree -r --name-only main projects/ | wc -l)" $((round * 2)) "projects after round $round"
  done
  succeeds on laptop dev-infra pull
  equal "$(names_of laptop --all | tr ' ' '\n' | LC_ALL=C sort)" "$(tr -s ' ' '\n' <<<"${expected% }" | LC_ALL=C sort)"
  converge laptop desktop
}

@test "an edit during a pull is not lost" {
  local round
  project laptop app
  succeeds on laptop dev-infra register app
  shared
  for round in 1 2 3 4; do
    succeeds on desktop dev-infra set app description="desktop $round" tags+="d$round"
    succeeds on desktop dev-infra push
    together on laptop dev-infra pull
    together on laptop dev-infra set app tags+="l$round"
    all_done
  done
  equal "$(field laptop app tags)" '["d1","d2","d3","d4","l1","l2","l3","l4"]'
  converge laptop desktop
  equal "$(field desktop app tags)" '["d1","d2","d3","d4","l1","l2","l3","l4"]'
}

# meddled COMMAND MACHINE TIMES TEXT: an installation for MACHINE in which, the first TIMES times, TEXT is run by sh
# after COMMAND has done its work and before its caller hears of it; `before` in place of `after` in the variable WHEN
# runs it before. `meddling MACHINE …` uses it.
meddled() {
  local shim=$WORLD/$2.shim file
  mkdir "$shim"
  for file in "$DEV_INFRA_PREFIX"/libexec/dev-infra/*; do ln -s "$file" "$shim/"; done
  rm "$shim/dev-infra-$1"
  cat >"$shim/dev-infra-$1" <<END
#!/bin/sh
unset DEV_INFRA_EXEC_PATH
meddle() {
  if [ "\$(wc -l <'$shim.count')" -lt $3 ]; then
    echo >>'$shim.count'
    ( $4
    ) >/dev/null 2>&1 || echo failed >>'$shim.failed'
  fi
}
[ '${WHEN:-after}' = after ] || meddle
status=0
output=\$('$DEV_INFRA_PREFIX/libexec/dev-infra/dev-infra-$1' "\$@") || status=\$?
[ '${WHEN:-after}' = before ] || meddle
[ -z "\$output" ] || printf '%s\\n' "\$output"
exit "\$status"
END
  chmod +x "$shim/dev-infra-$1"
  : >"$shim.count"
}

meddling() {
  local name=$1
  shift
  on "$name" env DEV_INFRA_EXEC_PATH="$WORLD/$name.shim" "$@"
}

# meddled_with MACHINE TIMES: it happened so often, and worked.
meddled_with() {
  equal "$(wc -l <"$WORLD/$1.shim.count")" "$2" 'times that something came between'
  [ ! -e "$WORLD/$1.shim.failed" ] || explain 'what came between did not work'
}

@test "edits before and after a pull's merge are in it or on top of it" {
  project laptop app
  succeeds on laptop dev-infra register app
  shared
  succeeds on desktop dev-infra set app description='from the desktop'
  succeeds on desktop dev-infra push
  meddled fetch-pack laptop 1 'dev-infra set app tags+=fetched'
  succeeds meddling laptop dev-infra pull
  meddled_with laptop 1
  equal "$(field laptop app tags)" '["fetched"]'
  equal "$(field laptop app description)" '"from the desktop"'
  rm -r laptop.shim laptop.shim.count
  succeeds on desktop dev-infra set app status=paused
  succeeds on desktop dev-infra push
  meddled merge-registry laptop 1 'dev-infra set app tags+=merged'
  succeeds meddling laptop dev-infra pull
  meddled_with laptop 1
  equal "$(field laptop app tags)" '["fetched","merged"]'
  equal "$(field laptop app status)" '"paused"'
  sound laptop
}

@test "a push that others overtake is merged and tried again, as often as it takes, and loses nothing" {
  local before
  project laptop app
  project desktop other
  succeeds on laptop dev-infra register app
  shared
  succeeds on desktop dev-infra register other
  succeeds on laptop dev-infra set app description='from the laptop'
  # The desktop is faster: it pushes between the laptop's fetch and its sending.
  WHEN=before meddled send-pack laptop 2 \
    "export HOME='$WORLD/desktop'; dev-infra set other description=\"\$(wc -l <'$WORLD/laptop.shim.count')\" && dev-infra push"
  succeeds meddling laptop dev-infra push
  meddled_with laptop 2
  equal "$(git --git-dir="$REMOTE" show "main:$(file_of laptop app)" | jq -r .description)" 'from the laptop'
  equal "$(git --git-dir="$REMOTE" show "main:$(file_of desktop other)" | jq -r .description)" 2

  rm -r laptop.shim laptop.shim.count
  succeeds on laptop dev-infra set app description='too slow'
  WHEN=before meddled send-pack laptop 9 \
    "export HOME='$WORLD/desktop'; dev-infra set other description=\"\$(wc -l <'$WORLD/laptop.shim.count')\" && dev-infra push"
  before=$(main_of laptop)
  succeeds meddling laptop dev-infra push
  meddled_with laptop 9
  equal "$(main_of laptop)" "$before"
  equal "$(git --git-dir="$REMOTE" show "main:$(file_of laptop app)" | jq -r .description)" 'too slow'
  converge laptop desktop
  equal "$(field desktop app description)" '"too slow"'
  equal "$(field laptop other description)" '"9"'
}

@test "any interleaving of edits, pulls and pushes on three machines ends with one tree, and loses no edit" {
  local step name machines=(laptop desktop server) tags=()
  for name in a b; do project laptop "$name" "https://example.org/$name.git"; done
  succeeds on laptop dev-infra register a b
  shared
  joined server
  RANDOM=${SEED:-4711}
  for ((step = 0; step < 30; step++)); do
    name=${machines[RANDOM % 3]}
    case $((RANDOM % 6)) in
      0 | 1)
        succeeds on "$name" dev-infra set a tags+="t$step" description="step $step on $name"
        tags+=("t$step")
        ;;
      2) succeeds on "$name" dev-infra set b organization="step $step" ;;
      3 | 4) succeeds on "$name" dev-infra push ;;
      5) succeeds on "$name" dev-infra pull ;;
    esac
  done
  converge "${machines[@]}"
  equal "$(field server a tags | jq -r 'join(" ")')" "$(printf '%s\n' "${tags[@]}" | LC_ALL=C sort | paste -s -d ' ')"
}

@test "a command that is killed leaves the change whole or not at all, and no lock in the way" {
  local round before after pid
  for round in 1 2 3 4 5 6 7 8 9 10 11 12; do project laptop "src/p$round"; done
  succeeds on laptop dev-infra register src/p1
  for round in 2 3 4 5 6 7 8 9 10 11 12; do
    before=$(names_of laptop)
    (cd laptop && HOME=$PWD exec dev-infra-register "src/p$round") >/dev/null 2>&1 3>&- &
    pid=$!
    sleep "0.0$((round * 7 % 10))$round"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    after=$(names_of laptop)
    case $after in
      "$before") ;;
      *"p$round"*) ;;
      *) explain "before: $before; after: $after" ;;
    esac
  done
  sound laptop
  succeeds on laptop dev-infra register --recursive src
  equal "$(on laptop dev-infra-ls-projects | wc -l)" 12
  sound laptop
}

# at_once COUNT: machines m1 to mCOUNT, each with a project, that change it, push and pull three times, all at once.
at_once() {
  local number
  for ((number = 1; number <= $1; number++)); do
    machine "m$number"
    succeeds on "m$number" dev-infra init --name "m$number"
    project "m$number" "p$number"
    succeeds on "m$number" dev-infra register "p$number"
    succeeds on "m$number" dev-infra remote add origin "$REMOTE"
  done
  for ((number = 1; number <= $1; number++)); do
    # shellcheck disable=SC2016 # expanded over there
    together on "m$number" sh -c '
      for round in 1 2 3; do
        dev-infra set "$1" description="round $round" && dev-infra push && dev-infra pull || exit
      done' sh "p$number"
  done
  all_done
}

@test "eight machines that push and pull at once: every push and every pull arrives" {
  local number names=''
  bare_remote registry
  at_once 8
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra pull
  for number in 1 2 3 4 5 6 7 8; do
    names+="p$number "
    equal "$(field laptop "p$number" description)" '"round 3"' "the last change of m$number"
  done
  equal "$(names_of laptop --all) " "$names"
  sound laptop
}

@test "pulls beside commands that write to the registry: none is refused, nothing is lost" {
  local number
  shared
  project desktop app
  succeeds on desktop dev-infra register app
  project laptop own
  succeeds on laptop dev-infra register own
  for number in 1 2 3 4; do
    # shellcheck disable=SC2016 # expanded over there
    together on laptop sh -c '
      for round in 1 2 3 4 5 6 7 8; do dev-infra set own tags+="t$1-$round" || exit; done' sh "$number"
  done
  for number in 1 2 3 4 5; do
    succeeds on desktop dev-infra set app "description=$number"
    succeeds on desktop dev-infra push
    succeeds on laptop dev-infra pull
  done
  all_done
  equal "$(field laptop own tags | jq length)" 32
  equal "$(field laptop app description)" '"5"'
  sound laptop
}

# held_ssh: ssh that answers a fetch from $OLD, a copy of the remote, and ends when the file $GO is there.
held_ssh() {
  cat >"$WORLD/ssh" <<'END'
#!/bin/sh
while [ "$1" != host ]; do shift; done
shift
if [ -n "${OLD-}" ]; then
  git upload-pack "$OLD"
  : >"$GO.waiting"
  while [ ! -e "$GO" ]; do sleep 0.05; done
  exit 0
fi
exec sh -c "$*"
END
  chmod +x "$WORLD/ssh"
  export GIT_SSH_COMMAND=$WORLD/ssh GIT_SSH_VARIANT=simple
}

@test "a push beside a fetch whose answer is older: not taken for a remote that was rewound" {
  local pushed
  bare_remote registry
  held_ssh
  succeeds on laptop dev-infra remote add origin "ssh://host$REMOTE"
  succeeds on laptop dev-infra push
  cp -a "$REMOTE" "$WORLD/old.git"
  project laptop app
  succeeds on laptop dev-infra register app
  export GO=$WORLD/go
  OLD=$WORLD/old.git together on laptop dev-infra-fetch-pack origin
  until [ -e "$GO.waiting" ]; do sleep 0.05; done
  succeeds on laptop dev-infra push
  pushed=$(main_of laptop)
  equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$pushed"
  : >"$GO"
  all_done
  equal "$(cat "$BATS_TEST_TMPDIR/together.0")" '' 'what the fetch says'
  equal "$(registry_git laptop rev-parse refs/remotes/origin/main)" "$pushed" 'the newer answer'
  equal "$(registry_git laptop for-each-ref refs/dev-infra/incoming refs/dev-infra/lost)" ''
  # A remote that really was rewound is still told from that.
  git --git-dir="$REMOTE" update-ref refs/heads/main "$(git --git-dir="$WORLD/old.git" rev-parse main)"
  succeeds on laptop dev-infra fetch
  assert_stderr_line '^warning: .*rewound'
}
