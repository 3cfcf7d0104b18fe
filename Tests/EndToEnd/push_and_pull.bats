#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What push and pull do with what their plumbing says: when they try again, when they give up, and what they then say. The
# remote is made up: the plumbing that would ask one says what a plan has for it.

load helper

setup() {
  begin
  machine laptop
  app_and_lib
  pushed_to_origin
  FAKE=$BATS_TEST_TMPDIR/libexec
  mkdir "$FAKE"
  ln -s "$DEV_INFRA_PREFIX"/libexec/dev-infra/* "$FAKE"
  PLAN=$BATS_TEST_TMPDIR/plan
  LOG=$BATS_TEST_TMPDIR/log
  export PLAN LOG
  : >"$LOG"
  MAIN=$(main_of laptop)
  REFS="$MAIN:refs/heads/main"
  # There is something to merge, and to send.
  registry_git laptop update-ref refs/remotes/origin/main "$MAIN~1"
  # shellcheck disable=SC2016 # for the script that is made
  SAYS='case " $* " in *" --compare "*) echo "other '"$MAIN $(registry_git laptop rev-parse "$MAIN~1")"'" ;; esac'
  fake dev-infra-fetch-pack "$SAYS"
  fake dev-infra-merge-registry "printf '%s\n' '$MAIN'"
  fake dev-infra-update-state ''
  # Says each line of the plan in turn, STATUS and its record, and the last of them for ever.
  # shellcheck disable=SC2016 # for the script that is made
  fake dev-infra-send-pack 'IFS=" " read -r status record <"$PLAN"
if [ "$(wc -l <"$PLAN")" -gt 1 ]; then sed -i 1d "$PLAN"; fi
if [ -n "$record" ]; then printf "%s\n" "$record"; fi
exit "$status"'
  # Time is not what is tested, but where it is.
  fake sleep ''
}

# fake NAME TEXT: the executable NAME is a script that notes its name and its arguments, and then does TEXT.
fake() {
  rm -f "$FAKE/$1"
  # shellcheck disable=SC2016 # for the script that is made
  printf '#!/bin/sh\nprintf "%%s\\n" "%s $*" >>"$LOG"\n%s\n' "$1" "$2" >"$FAKE/$1"
  chmod +x "$FAKE/$1"
}

# plan LINE…: what becomes of each sending.
plan() { printf '%s\n' "$@" >"$PLAN"; }

# count NAME: how often that executable was run.
count() { grep -c "^$1 " "$LOG" || true; }

# record FLAG SUMMARY
record() { printf '%s\t%s\t%s' "$1" "$REFS" "$2"; }

pushes() { runs "$1" on laptop "$FAKE/dev-infra-push" "${@:2}"; }
pulls() { runs "$1" on laptop "$FAKE/dev-infra-pull" "${@:2}"; }

# ended_soon PROCESS
ended_soon() { eventually not kill -0 "$1" || explain "the process $1 is still there: $(ps -p "$1" -o args=)"; }

@test "push: what looks at the checkouts ends with the push, however that ends" {
  # shellcheck disable=SC2016 # for the script that is made
  fake dev-infra-update-state 'printf "%s\n" "$$" >"$LOG.state"
exec tail -f /dev/null'
  # A person who presses Ctrl-C, or a computer that is shut down.
  # shellcheck disable=SC2016 # for the script that is made
  fake dev-infra-fetch-pack 'until [ -s "$LOG.state" ]; do :; done
kill -TERM "$PPID"'
  on laptop "$FAKE/dev-infra-push" || equal "$?" 143
  ended_soon "$(cat "$LOG.state")"
  # A remote that refuses what is sent.
  rm -f "$LOG.state"
  # shellcheck disable=SC2016 # for the script that is made
  fake dev-infra-fetch-pack 'until [ -s "$LOG.state" ]; do :; done
'"$SAYS"
  plan 128
  pushes 128
  ended_soon "$(cat "$LOG.state")"
}

@test "push: what is sent at the first go is fetched, merged and sent once" {
  plan "0 $(record ' ' 'a..b')"
  pushes 0
  equal "$(count dev-infra-fetch-pack) $(count dev-infra-merge-registry) $(count dev-infra-send-pack)" '1 1 1'
  holds "$(cat "$LOG")" "--porcelain -- origin $MAIN"
  equal "$stderr" ''
}

@test "push: that another machine was faster is not told; all is fetched, merged and sent again" {
  plan "1 $(record '!' '[rejected] (fetch first)')" "1 $(record '!' '[rejected] (fetch first)')" "0 $(record ' ' 'a..b')"
  pushes 0
  equal "$(count dev-infra-fetch-pack) $(count dev-infra-merge-registry) $(count dev-infra-send-pack)" '3 3 3'
  equal "$(count sleep)" 2
  equal "$(count dev-infra-update-state)" 1 'how the checkouts are is looked at once'
  equal "$stderr" ''
}

@test "push: others that are always faster end it after a hundred times, and it says so" {
  plan "1 $(record '!' '[rejected] (fetch first)')"
  pushes 1 --timeout 1
  assert_stderr_line "^error: pushing to 'origin' failed: other machines have been faster [0-9]+ times$"
  assert_stderr_line '^hint: '
  [ "$(count dev-infra-send-pack)" -ge 100 ] || explain 'it gave up too soon'
}

@test "push: a lock at the remote is waited for" {
  plan "1 $(record '!' '[rejected] (locked)')" "1 $(record '!' '[rejected] (locked)')" "0 $(record ' ' 'a..b')"
  pushes 0
  equal "$(count dev-infra-send-pack)" 3
  equal "$stderr" ''
}

@test "push: a lock that stays ends it after the timeout, with how to remove it" {
  plan "1 $(record '!' '[rejected] (locked)')"
  pushes 1 --timeout 1
  assert_stderr_line "^error: pushing to 'origin' failed: it is locked by another push; nothing has been sent$"
  assert_stderr_has 'refs/heads/main.lock'
}

@test "push: what a service took in part is not sent again by itself" {
  plan "1 $(record '!' '[remote rejected] (1 of 2 projects not taken, the others are there)')"
  pushes 1
  equal "$(count dev-infra-send-pack)" 1
}

@test "push: a fault ends it at once, with the status of what failed" {
  plan '128'
  pushes 128
  equal "$(count dev-infra-send-pack)" 1
  : >"$LOG"
  fake dev-infra-fetch-pack 'echo "fatal: no such host" >&2; exit 128'
  pushes 128
  equal "$(count dev-infra-send-pack)" 0 'nothing is sent to what was not fetched from'
}

@test "push: a merge that fails sends nothing" {
  plan '0'
  fake dev-infra-merge-registry 'echo "fatal: damaged" >&2; exit 128'
  pushes 128
  equal "$(count dev-infra-send-pack)" 0
}

@test "push: state that cannot be taken is no reason not to push, and with --dry-run or --no-state none is taken" {
  plan "0 $(record ' ' 'a..b')"
  fake dev-infra-update-state 'exit 128'
  pushes 0
  : >"$LOG"
  pushes 0 --dry-run
  pushes 0 --no-state
  equal "$(count dev-infra-update-state)" 0
  grep -q '^dev-infra-send-pack .*--dry-run --porcelain' "$LOG"
  grep -q '^dev-infra-send-pack .*--no-state --porcelain' "$LOG"
}

@test "pull: what the merge moved is read again, and what did not move is not" {
  fake dev-infra-merge-registry "printf '%s %s\n' '$MAIN' '$MAIN'"
  fake dev-infra-refresh ''
  pulls 0
  assert_output 'Already up to date.'
  equal "$(count dev-infra-refresh)" 0
  succeeds on laptop dev-infra set app description=new
  fake dev-infra-merge-registry "printf '%s %s\n' '$MAIN' '$(main_of laptop)'"
  fake dev-infra-refresh "cat >'$BATS_TEST_TMPDIR/changed'"
  pulls 0
  equal "$(tr '\0' '\n' <"$BATS_TEST_TMPDIR/changed" | grep -c .)" 1 'the projects that changed'
  holds "$(cat "$LOG")" "dev-infra-merge-registry --advance -m pull: merge origin -- refs/remotes/origin/main"
}

@test "pull: a machine without checkouts reads nothing again, and --no-stat shows nothing" {
  machine desktop
  succeeds on desktop dev-infra init
  succeeds on desktop dev-infra remote add origin "$REMOTE"
  rm "$FAKE/dev-infra-fetch-pack" "$FAKE/dev-infra-merge-registry"
  ln -s "$DEV_INFRA_PREFIX"/libexec/dev-infra/dev-infra-{fetch-pack,merge-registry} "$FAKE"
  fake dev-infra-refresh ''
  runs 0 on desktop "$FAKE/dev-infra-pull" --no-stat
  equal "$output" ''
  equal "$(main_of desktop)" "$MAIN"
  equal "$(count dev-infra-refresh)" 0
  # Once it has one, what changes is read again.
  project desktop src/app https://github.com/acme/app.git
  succeeds on desktop dev-infra register src/app
  succeeds on laptop dev-infra set app description=new
  succeeds on laptop dev-infra push
  runs 0 on desktop "$FAKE/dev-infra-pull"
  assert_output_has app
  equal "$(count dev-infra-refresh)" 1
}

@test "pull: a fetch or a merge that fails ends it, and nothing is read again" {
  fake dev-infra-refresh ''
  fake dev-infra-fetch-pack 'echo "fatal: no such host" >&2; exit 128'
  pulls 128
  equal "$(count dev-infra-merge-registry)" 0
  # shellcheck disable=SC2016 # for the script that is made
  SAYS='case " $* " in *" --compare "*) echo "other '"$MAIN $(registry_git laptop rev-parse "$MAIN~1")"'" ;; esac'
  fake dev-infra-fetch-pack "$SAYS"
  fake dev-infra-merge-registry 'echo "fatal: damaged" >&2; exit 128'
  pulls 128
  equal "$(count dev-infra-refresh)" 0
}

@test "pull: what could not be read again is the status, and the changes are shown all the same" {
  succeeds on laptop dev-infra set app description=new
  fake dev-infra-merge-registry "printf '%s %s\n' '$MAIN' '$(main_of laptop)'"
  fake dev-infra-refresh 'cat >/dev/null; exit 1'
  pulls 1
  assert_output_has app
}
