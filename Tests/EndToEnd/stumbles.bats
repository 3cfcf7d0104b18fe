#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# What a person gets wrong, or what is missing around them: never silence, never a message for programmers.

load helper

setup() {
  begin
  machine laptop
}

@test "a wrong short option is an error that names it, also with an h in it" {
  local line
  runs 0 on laptop dev-infra init
  for line in 'list -help' 'list -ah' 'list -sh' 'status -sh' 'path -dash' 'show -help' 'register -rh' 'gc -xh'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    equal "$status" 129 "$line"
    [[ $stderr == *"unknown option '${line#* }'"* ]] || explain "$line: $stderr"
  done
  # -h itself is an answer, as git's is; behind -- it is a name.
  run --separate-stderr on laptop dev-infra list -h
  equal "$status" 129
  [[ $output == *USAGE:* ]]
  run --separate-stderr on laptop dev-infra show -- -help
  equal "$status" 1
}

@test "a subcommand that is missing or misspelt is named, with those that there are" {
  local line
  runs 0 on laptop dev-infra init
  for line in hooks 'hooks nosuch' 'hooks --global' 'daemon key' 'daemon key nosuch' 'remote nosuch' 'completion nosuch'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr on laptop dev-infra $line
    equal "$status" 129 "$line"
    [[ $stderr == *install* || $stderr == *add* || $stderr == *bash* ]] || explain "$line: $stderr"
    [[ $stderr != *'static variable'* && $stderr != *'argument var'* ]] || explain "$line: $stderr"
  done
}

@test "list says where the projects are, where none is here" {
  command -v script >/dev/null || skip 'a terminal needs script(1)'
  shown() { on laptop script -qec "dev-infra list" /dev/null </dev/null | tr -d '\r'; }
  runs 0 on laptop dev-infra init
  holds "$(shown)" "no projects yet: 'dev-infra register DIR'"
  machine desktop
  project desktop src/app
  runs 0 on desktop dev-infra init
  runs 0 on desktop dev-infra register src/app
  bare_remote registry
  succeeds on desktop dev-infra remote add origin "$REMOTE"
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  runs 0 on laptop dev-infra pull
  holds "$(shown)" "1 project is on other machines: 'dev-infra list --all' lists them"
}

@test "without git on PATH, what needs it says so, and the rest works" {
  local program directory line
  project laptop src/app
  runs 0 on laptop dev-infra init
  runs 0 on laptop dev-infra register src/app
  bare_remote registry
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  mkdir nogit
  for directory in /bin /usr/bin /usr/local/bin; do
    for program in "$directory"/*; do
      case ${program##*/} in git | git-* | '[') ;; *) ln -sf "$program" nogit/ ;; esac
    done
  done
  without_git() { PATH=$DEV_INFRA_PREFIX/bin:$WORLD/nogit on laptop dev-infra "$@"; }
  run --separate-stderr without_git list --json
  equal "$status" 0
  for line in push pull fetch sync 'log -n 1' 'config dev-infra.timeout 5' verify 'remote -v' 'adopt src/app'; do
    # shellcheck disable=SC2086 # words
    run --separate-stderr without_git $line
    equal "$status" 128 "$line"
    [[ $stderr == *'fatal: running git failed: there is no git on PATH'* ]] || explain "$line: $stderr"
  done
}

@test "a TMPDIR that is gone, or may not be written to, keeps nothing from working" {
  local place line
  project laptop src/app
  runs 0 on laptop dev-infra init
  runs 0 on laptop dev-infra register src/app
  bare_remote registry
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  : >file
  for place in "$WORLD/gone" "$WORLD/file" ''; do
    for line in 'config dev-infra.timeout 5' push pull fetch status 'log -n 1' gc verify 'new tide'; do
      # shellcheck disable=SC2086 # words
      run --separate-stderr env TMPDIR="$place" HOME="$WORLD/laptop" dev-infra $line
      equal "$status" 0 "$line with TMPDIR='$place': $stderr"
    done
    rm -rf tide
    run --separate-stderr on laptop dev-infra rm tide
  done
}
