#!/usr/bin/env bats
# `make demo`: what it shows while it builds, and that it does the main job. The build is made up: what is installed here already.

# shellcheck disable=SC2016 # what make is made of
# shellcheck disable=SC2154 # bats' run sets stderr

load helper

setup() {
  begin
  export DEMO_PREFIX=$DEV_INFRA_PREFIX
  SOURCE=$WORLD/source
  mkdir -p "$SOURCE/Tests" "$WORLD/tools"
  cp -R "$BATS_TEST_DIRNAME/../Demo" "$SOURCE/Tests"
  git init -q -b main "$SOURCE"
  commit_in "$SOURCE" Start
  git -C "$SOURCE" remote add origin https://git.example.org/ann/dev-infra.git
  for name in swift-argument-parser swift-system; do
    git init -q -b main "$SOURCE/.build/checkouts/$name"
    commit_in "$SOURCE/.build/checkouts/$name" "$name"
    git -C "$SOURCE/.build/checkouts/$name" remote add origin "https://git.example.org/apple/$name"
  done
  # make deps has nothing to do, and make install installs what there is.
  make_is 'printf "%s\n" "server: ${DEV_INFRA_SERVER-yes}" >&2
    for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do printf "[%d/20] Compiling Part%d file.swift\n" "$n" "$n"; done
    for word; do case $word in PREFIX=*) cp -R "$DEMO_PREFIX" "${word#PREFIX=}" ;; esac; done'
}

# make_is SCRIPT: what `make install` does
make_is() {
  printf '#!/bin/sh\nif [ "$1" = deps ]; then exit 0; fi\n%s\n' "$1" >"$WORLD/tools/make"
  chmod 755 "$WORLD/tools/make"
}

demo() { (cd "$SOURCE" && PATH=$WORLD/tools:/usr/local/bin:/usr/bin:/bin TMPDIR=$BATS_TEST_TMPDIR "$@" Tests/Demo/demo.sh); }

@test "the demo does the main job, with a line for each tenth of the build" {
  runs 0 demo
  assert_output_has 'without the server'
  assert_output_has 'Building: 50 %'
  refute_output_has 'Compiling'
  [ "$(grep -c '^Building: ' <<<"$output")" -le 11 ]
  assert_output_has 'Both lists are the same.'
  equal "$(find "$BATS_TEST_TMPDIR" -maxdepth 1 -name 'tmp.*')" '' 'temporary files'
}

@test "on a terminal the build is one line, which is gone in the end" {
  run script -qec "cd '$SOURCE' && PATH='$WORLD/tools:/usr/local/bin:/usr/bin:/bin' Tests/Demo/demo.sh" /dev/null </dev/null
  equal "$status" 0
  holds "$output" $'\r\e[KBuilding:  50 % (10 of 20)  Compiling Part10'
  lacks "$output" $'Compiling Part20 file.swift\r\n'
}

@test "a build that fails shows its errors, and ends the demo" {
  make_is 'echo "[1/2] Compiling One"; echo "one.swift:1:1: error: cannot find it"; exit 2'
  run --separate-stderr demo
  equal "$status" 1
  holds "$stderr" 'one.swift:1:1: error: cannot find it'
  holds "$stderr" 'fatal: building failed'
  refute_output_has 'A registry'
}

@test "a server that is built already is not left out" {
  mkdir -p "$SOURCE/.build/release"
  printf '#!/bin/sh\n' >"$SOURCE/.build/release/dev-infra-daemon"
  chmod 755 "$SOURCE/.build/release/dev-infra-daemon"
  make_is 'echo "error: ${DEV_INFRA_SERVER-yes}"; exit 2'
  run --separate-stderr demo
  holds "$stderr" 'error: yes'
  rm "$SOURCE/.build/release/dev-infra-daemon"
  run --separate-stderr demo
  holds "$stderr" 'error: 0'
}
