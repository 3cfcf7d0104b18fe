#!/usr/bin/env bats
# dev-infra foreach: one command in many projects.
# shellcheck disable=SC2016,SC2154 # the texts are for the shell that the command runs; bats sets stderr

load helper

setup() {
  begin
  machine laptop
  on laptop dev-infra init >/dev/null
}

# projects NAME…: a registered repository each, in src.
projects() {
  local name
  for name; do project laptop "src/$name" "https://github.com/acme/$name.git"; done
  succeeds on laptop dev-infra register --recursive src
}

each() { on laptop dev-infra foreach "$@"; }

@test "the command is run in each project, in order, with its words as they are" {
  projects b a c
  quietly each -- sh -c 'basename "$PWD"; printf "<%s>" "$@"; echo' x 'two words' '$(touch pwned)' '*'
  assert_output "$(printf '%s\n<two words><$(touch pwned)><*>\n' a b c)"
  nothing_ran
}

@test "-c runs a text by the shell, with arguments" {
  projects a
  quietly each -c 'echo "$1 in $DEV_INFRA_NAME" && true' -- 'an argument'
  assert_output 'an argument in a'
}

@test "the environment says which project it is" {
  projects one two
  git -C "$WORLD/laptop/src/two" checkout -q -b topic/x
  quietly each -c 'printf "%s|" "$DEV_INFRA_NAME" "$DEV_INFRA_ID" "$DEV_INFRA_PATH" "$DEV_INFRA_REMOTE_URL" \
    "$DEV_INFRA_BRANCH" "$DEV_INFRA_INDEX" "$DEV_INFRA_COUNT"; echo'
  assert_output "one|$(id_of laptop one)|$WORLD/laptop/src/one|https://github.com/acme/one.git|main|1|2|
two|$(id_of laptop two)|$WORLD/laptop/src/two|https://github.com/acme/two.git|topic/x|2|2|"
  git -C "$WORLD/laptop/src/two" checkout -q --detach
  quietly each -c 'echo "<$DEV_INFRA_BRANCH>"' two
  assert_output '<>'
}

@test "variables that tie git to a repository do not reach the command" {
  projects a b
  quietly on laptop env GIT_DIR="$WORLD/laptop/src/a/.git" GIT_WORK_TREE="$WORLD" GIT_INDEX_FILE=/nowhere \
    dev-infra foreach -- git rev-parse --show-toplevel
  assert_output "$WORLD/laptop/src/a
$WORLD/laptop/src/b"
}

@test "what commands write that run side by side stays together and in order" {
  projects a b c d
  # The first is the last to end.
  runs 0 each -j4 -c 'echo "$DEV_INFRA_NAME 1"; sleep 0.$((5 - DEV_INFRA_INDEX)); echo "$DEV_INFRA_NAME 2"; echo err >&2'
  assert_output "$(printf '%s 1\n%s 2\n' a a b b c c d d)"
  equal "$stderr" "$(printf 'err\nerr\nerr\nerr')"
}

@test "more than memory takes is put into a file, and arrives whole" {
  projects a b c
  runs 0 each -j3 -c '[ "$DEV_INFRA_INDEX" = 1 ] && sleep 1; head -c 12000000 /dev/zero | tr "\0" "$DEV_INFRA_INDEX"' >"$WORLD/out"
  equal "${#output}" 36000000
  equal "$(printf %s "$output" | tr -s 123)" 123
}

@test "off a terminal nothing stands between what the commands write, but by --heading" {
  projects a b
  quietly each -- printf x
  assert_output 'xx'
  quietly each --heading -c '[ "$DEV_INFRA_NAME" = a ] || printf "x\ny"'
  assert_output "== b (~/src/b)
x
y"
  quietly each --heading -- printf x
  assert_output "== a (~/src/a)
x

== b (~/src/b)
x"
}

@test "a name cannot steer the terminal, and what the command writes is its own" {
  mkdir -p "$WORLD/laptop/src"
  project laptop $'src/e\e[31mvil'
  succeeds on laptop dev-infra register --recursive src
  quietly each --heading -- printf 'raw \033[1m'
  assert_output_has $'raw \033[1m'
  assert_clean_text "${output%%raw*}"
  runs 1 each -- false
  assert_clean_text "$stderr"
  runs 0 each --prefix -- echo x
  assert_clean_text "$output"
}

@test "--prefix shows each line behind its project, as it comes" {
  projects a long-name
  quietly each -j2 --prefix -c '[ "$DEV_INFRA_INDEX" = 2 ] || sleep 0.5; printf "1\n2"'
  assert_output 'long-name | 1
long-name | 2
a         | 1
a         | 2'
}

@test "--json: an object a line, with all that is to be known" {
  projects a b c
  runs 1 each --json -c 'case $DEV_INFRA_NAME in a) echo out; echo err >&2;; b) exit 3;; c) kill -9 $$;; esac'
  equal "$(jq -r '[.name, .status, .signal] | join(",")' <<<"$output")" $'a,0,\nb,3,\nc,,9'
  equal "$(jq -r 'select(.name == "a") | .stdout + .stderr' <<<"$output")" $'out\nerr'
  equal "$(jq -r '.path' <<<"$output" | head -1)" "$WORLD/laptop/src/a"
  equal "$(jq -r '.id' <<<"$output" | head -1)" "$(id_of laptop a)"
  equal "$(jq -c '[.argv[0], (.milliseconds | type)]' <<<"$output" | head -1)" '["/bin/sh","number"]'
}

@test "--json: bytes that are not UTF-8, and more than is kept" {
  projects a
  quietly each --json -- printf 'a\377\342\202'
  equal "$(jq -r .stdout_base64 <<<"$output" | base64 -d | od -An -tx1 | tr -d ' ')" 61ffe282
  equal "$(jq -r '.stdout | startswith("a")' <<<"$output")" true
  quietly each --json -c 'head -c 5000000 /dev/zero | tr "\0" x; echo short >&2'
  equal "$(jq -c '[(.stdout | length), .stdout_truncated, .stderr_truncated, .stdout_base64]' <<<"$output")" \
    '[1048576,true,null,null]'
}

@test "a failure stops no other, and the failed ones stand at the end" {
  projects a b c
  runs 1 each -c 'echo "$DEV_INFRA_NAME"; [ "$DEV_INFRA_NAME" != b ] || exit 7'
  assert_output $'a\nb\nc'
  equal "$stderr" "error: b ended with status 7
error: it failed in 1 of 3
hint: 'dev-infra foreach --retry-failed' runs it there once more"
}

@test "--fail-fast starts no other" {
  projects a b c
  runs 1 each -j1 --fail-fast -c 'echo "$DEV_INFRA_NAME"; [ "$DEV_INFRA_NAME" != b ]'
  assert_output $'a\nb'
  assert_stderr_has 'it failed in 1 of 3, and it was not run in 1'
}

@test "--retry-failed runs the command where it failed, and where it was not run" {
  projects a b c d
  runs 1 each -c '[ -e ok ] || exit 1' b d
  touch "$WORLD/laptop/src/b/ok"
  # Without a command it is the last one that failed.
  runs 1 each --retry-failed
  assert_stderr_has 'error: d ended with status 1'
  refute_stderr_has 'error: b'
  runs 1 each --fail-fast -j1 -- test -e gone
  runs 0 each --retry-failed -c 'echo "$DEV_INFRA_NAME"; [ -e ok ] || exit 1' 'b*'
  equal "$stderr" 'Nothing to run again: it failed in none of these projects.'
  touch "$WORLD/laptop/src/d/ok"
  # Another command has failed since, and each is known by its own words.
  runs 0 each --retry-failed -c '[ -e ok ] || exit 1'
  touch "$WORLD"/laptop/src/{a,b,c,d}/gone
  quietly each --retry-failed --json
  equal "$(jq -r .name <<<"$output" | paste -s -d ' ')" 'a b c d'
  refuses 1 'no command is known to have failed' each --retry-failed
}

@test "what is gone is named, and the rest goes on" {
  projects a b
  rm -rf "$WORLD/laptop/src/a"
  runs 1 each -- pwd
  assert_output "$WORLD/laptop/src/b"
  assert_stderr_has "error: a is gone from $WORLD/laptop/src/a"
  runs 1 each --json -- pwd
  equal "$(jq -c '[.name, .status, .milliseconds, (.error != null)]' <<<"$output")" $'["a",null,null,true]\n["b",0,'"$(jq .milliseconds <<<"${output#*$'\n'}")"',false]'
}

@test "of several paths it is the main work tree's, or each" {
  projects a
  git -C "$WORLD/laptop/src/a" worktree add -q ../a-topic 2>/dev/null
  succeeds on laptop dev-infra register src/a-topic
  quietly each -- pwd
  assert_output "$WORLD/laptop/src/a"
  quietly each --every-path -- pwd
  assert_output "$WORLD/laptop/src/a
$WORLD/laptop/src/a-topic"
}

@test "another user's repository is named, and not worked in" {
  [ "$(id -u)" = 0 ] || skip 'only root can give a directory away'
  projects a b
  chown -R nobody "$WORLD/laptop/src/a"
  runs 1 each -- pwd
  assert_output "$WORLD/laptop/src/b"
  assert_stderr_has 'belongs to another user'
}

@test "filters are those of list" {
  projects a b
  succeeds on laptop dev-infra set a tags=work
  quietly each --tag work -- sh -c 'echo "$DEV_INFRA_NAME"'
  assert_output a
  quietly each --sort -name -- sh -c 'echo "$DEV_INFRA_NAME"'
  assert_output $'b\na'
  refuses 1 'no project on this machine matches' each 'x*' -- true
}

@test "without a project there is nothing to do" {
  quietly each -- true
  assert_output ''
}

@test "-n prints what would be run" {
  projects a
  quietly each -n -- touch 'made here'
  assert_output "would run 'touch made here' in a ($WORLD/laptop/src/a)"
  [ ! -e "$WORLD/laptop/src/a/made here" ]
  quietly each -n --json -- touch made
  equal "$(jq -c '[.name, .argv, has("status")]' <<<"$output")" '["a",["touch","made"],false]'
}

@test "a wrong command line is refused" {
  projects a
  refuses 129 'which command' each
  refuses 129 'which command' each git status
  refuses 129 'exclude each other' each --json --prefix -- true
  refuses 129 '-j takes' each -j0 -- true
  refuses 129 '--timeout takes' each --timeout 0 -- true
  refuses 129 "the command's name is empty" each -- ''
  refuses 128 "there is no program 'no-such-program' on PATH" each -- no-such-program
  runs 1 each -- ./no-such-program
  assert_stderr_has 'error: a could not be run: No such file or directory'
}

@test "one at a time has the terminal, several have none, and each stands below its name" {
  local seen
  projects a b
  # on_terminal COMMAND: what a terminal shows of it.
  on_terminal() { on laptop env TERM=xterm NO_COLOR=1 script -qec "stty columns 80; $1" /dev/null </dev/null | tr -d '\r'; }
  seen=$(on_terminal 'dev-infra foreach -j1 -c tty')
  equal "$(grep -c '^/dev/pts/' <<<"$seen")" 2 "$seen"
  holds "$seen" '== a (~/src/a)'
  holds "$seen" '== b (~/src/b)'
  seen=$(on_terminal 'dev-infra foreach -j2 -c tty')
  equal "$(grep -c '^not a tty' <<<"$seen")" 2 "$seen"
  lacks "$(on_terminal 'dev-infra foreach --no-heading -j1 -c tty')" '=='
  seen=$(on_terminal 'dev-infra foreach --json -j1 -c tty')
  holds "$seen" 'not a tty'
  lacks "$seen" /dev/pts/
}

@test "a program's own options are its own" {
  projects a
  quietly each -j2 -- sh -c 'printf "%s " "$@"' sh -h --help -n -j --json -- x
  assert_output '-h --help -n -j --json -- x '
}

@test "several at a time have nothing to read and no terminal; one at a time has what there is" {
  projects a b
  quietly each -j2 -- cat <<<input
  assert_output ''
  quietly each -j1 -- head -c 2 <<<input
  [ "$output" = in ] || [ "$output" = inpu ] || explain 'the commands did not share standard input'
}

@test "--timeout stops a command with all that it has started" {
  projects a b
  runs 1 each -j2 --timeout 0.5 -c '[ "$DEV_INFRA_NAME" = b ] || { trap "" TERM; sleep 4711.1 & sleep 4711.1; }'
  assert_stderr_has 'error: a was stopped after 0.5 seconds'
  refute_stderr_has 'error: b'
  eventually none_with 4711.1
  runs 1 each --json --timeout 0.3 -- sleep 4711.2
  equal "$(jq -c '[.status, .signal, .timed_out]' <<<"$output" | head -1)" '[null,null,true]'
  eventually none_with 4711.2
}

@test "an interruption leaves no process, and ends the command by the signal" {
  local signal number pid
  projects a b c
  for signal in INT:130 TERM:143 HUP:129; do
    number=${signal#*:}
    # Not ignored, as it is in what a shell runs in the background.
    (cd "$WORLD/laptop" && HOME=$PWD exec env --default-signal=INT dev-infra foreach -j2 -c \
      'trap "" INT TERM HUP; touch begun; sleep 4712.5 & sleep 4712.5; touch ended' 2>"$WORLD/err") &
    pid=$!
    eventually [ -e "$WORLD/laptop/src/b/begun" ]
    kill -s "${signal%:*}" "$pid"
    status=0
    wait "$pid" || status=$?
    equal "$status" "$number" "the status after SIG${signal%:*}"
    equal "$(running_with 4712.5)" '' 'processes that are left'
    [ ! -e "$WORLD/laptop/src/c/begun" ] || fail 'another command was started'
    rm "$WORLD"/laptop/src/*/begun
  done
  quietly each --retry-failed -n
  equal "$(wc -l <<<"$output")" 3
}

@test "when nobody reads any more, no process is left" {
  projects a b c
  status=0
  (set -o pipefail; each -j2 -c 'while :; do echo 4713.7; done' | head -n 3 >/dev/null) || status=$?
  equal "$status" 141
  eventually none_with 4713.7
}

@test "what a command leaves in the background does not keep it" {
  projects a
  SECONDS=0
  quietly each -j2 -c 'sleep 4713.8 & echo done'
  in_time 60
  assert_output 'done'
  running_with 4713.8 | xargs -r kill
}

@test "it goes on where the registry's cache cannot be written" {
  projects a
  rm -rf "$WORLD/laptop/.dev-infra/cache/failed.json"
  mkdir "$WORLD/laptop/.dev-infra/cache/failed.json"
  runs 1 each -- false
  assert_stderr_has 'warning: remembering where it failed'
  assert_stderr_has 'error: it failed in 1 of 1'
}
