#!/usr/bin/env bats
# dev-infra-ls-repos by itself: it needs nothing but the executable on PATH and git.

bats_require_minimum_version 1.5.0

setup() {
  for name in $(compgen -e); do
    case $name in GIT_* | XDG_* | DEV_INFRA_*) unset "$name" ;; esac
  done
  # Where the system's temporary directory is a link the paths printed are those behind it.
  WORLD=$(cd "$BATS_TEST_TMPDIR" && pwd -P)/world
  mkdir -p "$WORLD"
  export GIT_CONFIG_NOSYSTEM=1 HOME=$WORLD/home LC_ALL=C.UTF-8
  export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@x GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@x
  mkdir -p "$HOME"
  cd "$WORLD" || return
}

# repo DIR: a repository with a commit.
repo() {
  git init -q -b main -- "$1"
  git -C "$1" commit -q --allow-empty -m first
}

# lists STATUS PATH... -- ARGUMENT...: what is printed, in any order, relative to the world; nothing on stderr.
lists() {
  local want=$1 expected=
  shift
  while [ "$1" != -- ]; do
    expected+=$WORLD/$1$'\n'
    shift
  done
  shift
  run --separate-stderr dev-infra-ls-repos "$@"
  [ "$status" -eq "$want" ]
  [ -z "$stderr" ]
  [ "$(printf '%s' "$output" | LC_ALL=C sort)" = "$(printf '%s' "$expected" | LC_ALL=C sort)" ]
}

# zoo: one of each kind.
zoo() {
  repo lib
  repo app
  git -C app -c protocol.file.allow=always submodule --quiet add ../lib sub
  git -C app worktree add -q ../linked
  git -C app worktree add -q .trees/inner
  repo app/vendor/nested
  git init -q --bare -b main store.git
  mkdir -p plain/deep
}

@test "prints what is asked for, and by default only repositories of their own" {
  zoo
  lists 0 app lib --
  lists 0 app lib app/vendor/nested -- --nested .
  lists 0 app lib app/sub -- --submodules .
  lists 0 app lib linked app/.trees/inner -- --worktrees .
  lists 0 app lib store.git -- --bare .
  lists 0 app lib app/vendor/nested app/sub linked app/.trees/inner store.git -- \
    --nested --submodules --worktrees --bare .
}

@test "several roots, each absolute; a link as root is followed, one below is not" {
  zoo
  ln -s app link
  ln -s "$WORLD" plain/loop
  lists 0 app lib -- app lib
  lists 0 app -- link
  lists 0 app lib -- "$WORLD"
  lists 0 -- plain
}

@test "names with newlines, quotes, leading dashes and bytes that are not UTF-8 come through" {
  local name
  for name in $'a\nb' '-rf' $'\xe9' $'t\tq"\\' 'é ü'; do repo "$name"; done
  dev-infra-ls-repos -z . >"$BATS_TEST_TMPDIR/found"
  printf '%s\0' "$WORLD"/$'a\nb' "$WORLD/-rf" "$WORLD"/$'\xe9' "$WORLD"/$'t\tq"\\' "$WORLD/é ü" |
    LC_ALL=C sort -z >"$BATS_TEST_TMPDIR/expected"
  LC_ALL=C sort -z "$BATS_TEST_TMPDIR/found" | cmp - "$BATS_TEST_TMPDIR/expected"
  run dev-infra-ls-repos .
  [[ $'\n'"$output"$'\n' = *$'\n'"\"$WORLD/a\\nb\""$'\n'* ]]
  [[ $'\n'"$output"$'\n' = *$'\n'"\"$WORLD/\\351\""$'\n'* ]]
  [[ $'\n'"$output"$'\n' = *$'\n'"\"$WORLD/t\\tq\\\"\\\\\""$'\n'* ]]
  [[ $'\n'"$output"$'\n' = *$'\n'"$WORLD/é ü"$'\n'* ]]
  # And as an operand behind --.
  run --separate-stderr dev-infra-ls-repos -- -rf
  [ "$status" -eq 0 ]
  [ "$output" = "$WORLD/-rf" ]
}

@test "--max-depth and --exclude leave out what is below them" {
  repo r
  repo x/r
  repo x/y/r
  repo x/node_modules/r
  lists 0 -- --max-depth 0 .
  lists 0 r -- --max-depth 1 .
  lists 0 r x/r -- --max-depth 2 .
  lists 0 r x/r x/y/r -- --exclude 'node_*' .
  lists 0 r x/r -- --exclude node_modules --exclude x/y .
  lists 0 r -- --exclude 'x/*' .
}

@test "--metadata adds directories whose .dev-infra.yml is in the index" {
  repo r
  mkdir -p r/tracked r/untracked $'r/a\nb'
  touch r/.dev-infra.yml r/tracked/.dev-infra.yml r/untracked/.dev-infra.yml $'r/a\nb/.dev-infra.yml'
  git -C r add .dev-infra.yml tracked 'a
b'
  dev-infra-ls-repos -z --metadata . | LC_ALL=C sort -z >"$BATS_TEST_TMPDIR/found"
  printf '%s\0' "$WORLD/r" "$WORLD"/$'r/a\nb' "$WORLD/r/tracked" | cmp - "$BATS_TEST_TMPDIR/found"
  lists 0 r -- .
}

@test "a .git that leads nowhere is a warning with its name, and the search goes on" {
  repo ok
  mkdir -p dangling hollow/.git nonsense
  echo 'gitdir: ../gone' >dangling/.git
  echo hello >nonsense/.git
  repo dangling/inner
  run --separate-stderr dev-infra-ls-repos .
  [ "$status" -eq 0 ]
  [ "$(sort <<<"$output")" = "$WORLD/dangling/inner"$'\n'"$WORLD/ok" ]
  [ "$(wc -l <<<"$stderr")" -eq 3 ]
  for name in dangling hollow nonsense; do [[ $stderr = *"warning: $WORLD/$name/.git "* ]]; done
}

@test "a control character in a name does not reach the terminal by a warning" {
  mkdir $'esc\e[31m'
  echo nonsense >$'esc\e[31m/.git'
  run --separate-stderr dev-infra-ls-repos .
  [ "$status" -eq 0 ]
  [[ $stderr = *'esc\033[31m/.git'* ]]
  [[ $stderr != *$'\e'* ]]
}

@test "a directory that cannot be read is a warning and ends with 1; the rest is printed" {
  repo ok
  mkdir locked
  chmod 0 locked
  # Root reads everything, unless it gives that up.
  as=
  [ "$(id -u)" -ne 0 ] || as='setpriv --bounding-set -dac_override,-dac_read_search'
  # shellcheck disable=SC2086
  run --separate-stderr $as dev-infra-ls-repos .
  [ "$status" -eq 1 ]
  [ "$output" = "$WORLD/ok" ]
  [ "$stderr" = "warning: searching $WORLD/locked failed: Permission denied" ]
  chmod 700 locked
}

@test "a root that is not a directory is an error and ends with 1; the other roots go on" {
  repo ok
  touch file
  run --separate-stderr dev-infra-ls-repos gone file ok
  [ "$status" -eq 1 ]
  [ "$output" = "$WORLD/ok" ]
  [ "$stderr" = "error: searching gone failed: No such file or directory
error: searching file failed: Not a directory" ]
}

@test "a full disk and a wrong command line are told" {
  repo ok
  run --separate-stderr bash -c 'dev-infra-ls-repos . >/dev/full'
  [ "$status" -eq 128 ]
  [[ $stderr = "fatal: "*"No space left on device" ]]
  for wrong in --no-such --max-depth=-1 --max-depth=x; do
    run --separate-stderr dev-infra-ls-repos "$wrong" .
    [ "$status" -eq 129 ]
    [ -z "$output" ]
  done
  run --separate-stderr dev-infra-ls-repos -h
  [ "$status" -eq 129 ]
  [[ $output = *"USAGE: dev-infra-ls-repos [-z]"* ]]
}

@test "what a hook's environment says of another repository does not matter" {
  repo here
  repo there
  GIT_DIR=$WORLD/there/.git GIT_WORK_TREE=$WORLD/there GIT_INDEX_FILE=/nonexistent \
    lists 0 here -- --metadata here
}
