#!/usr/bin/env bats
# On a file system that takes names in any case for the same, as on macOS and Windows: a project is one, however its
# directory is written. Here it is NTFS by FUSE, told to ignore case; it lists names in lower case, whatever they were made as.

# shellcheck disable=SC2154 # bats' run sets stderr

load helper

setup() {
  PATH=$PATH:/usr/sbin:/sbin
  for program in lowntfs-3g mkntfs; do
    command -v "$program" >/dev/null || skip "$program is not installed"
  done
  [ -w /dev/fuse ] || skip 'FUSE cannot be used here'
  MOUNT=$BATS_TEST_TMPDIR/disk
  mkdir "$MOUNT"
  truncate -s 64M "$BATS_TEST_TMPDIR/image"
  mkntfs -q -F -f "$BATS_TEST_TMPDIR/image" >/dev/null 2>&1
  lowntfs-3g -o ignore_case "$BATS_TEST_TMPDIR/image" "$MOUNT" 2>/dev/null || { MOUNT= && skip 'FUSE file systems cannot be mounted here'; }
  begin "$MOUNT/world"
  machine laptop
  project laptop src/app https://github.com/acme/app.git
  # git has noticed.
  equal "$(git -C "$WORLD/laptop/src/App" config core.ignorecase)" true
  succeeds on laptop dev-infra init --name laptop
}

teardown() {
  if [ -n "${MOUNT-}" ] && mountpoint -q "$MOUNT"; then
    cd /
    umount "$MOUNT" || umount -l "$MOUNT"
  fi
}

@test "a directory that is written in another case is the same checkout, under the name that its directory lists" {
  succeeds on laptop dev-infra register SRC/App
  equal "$(path_of app)" "$WORLD/laptop/src/app"
  before=$(main_of laptop)
  succeeds on laptop dev-infra register src/APP
  equal "$(main_of laptop)" "$before" 'nothing is new'
  sound laptop
}

@test "a project without a commit and without a URL is one, too" {
  git init -q "$WORLD/laptop/src/bare"
  succeeds on laptop dev-infra register src/bare
  succeeds on laptop dev-infra register SRC/BARE
  equal "$(names_of laptop)" bare
}

@test "commands find the project that they are in, and by its path in any case" {
  succeeds on laptop dev-infra register src/app
  for directory in src/app SRC/App src/APP; do
    equal "$(at laptop "$directory" dev-infra path .)" "$WORLD/laptop/src/app" "$directory"
    equal "$(on laptop dev-infra path "./$directory")" "$WORLD/laptop/src/app" "$directory"
    equal "$(on laptop dev-infra path "$WORLD/laptop/$directory")" "$WORLD/laptop/src/app" "$directory"
  done
}

@test "a search finds each project once, wherever it begins" {
  project laptop src/lib https://github.com/acme/lib.git
  succeeds on laptop dev-infra register --recursive src
  before=$(main_of laptop)
  succeeds on laptop dev-infra register --recursive SRC
  succeeds on laptop dev-infra register --recursive Src/APP
  equal "$(names_of laptop)" 'app lib'
  equal "$(main_of laptop)" "$before" 'nothing is new'
}

@test "no project is made over one whose name has another case" {
  succeeds on laptop dev-infra new src/Tide
  refuses 128 'already exists' on laptop dev-infra new src/TIDE
}

@test "the hook, a push and a second machine work there" {
  succeeds at laptop src/app dev-infra hooks install
  bare_remote code
  git -C "$WORLD/laptop/src/app" remote set-url origin "$REMOTE"
  at laptop SRC/App git push -q origin main
  equal "$(path_of app)" "$WORLD/laptop/src/app"
  shared
  equal "$(names_of desktop --all)" app
  succeeds on desktop dev-infra set app status=paused
  converge desktop laptop
}
