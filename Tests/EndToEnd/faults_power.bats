#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2317 # the checks are called by their names
# Kills, crowds, random histories and power cuts: a little of what `make torture` does at length.

load helper
load support/disk
load ../Torture/kills
load ../Torture/power

setup() {
  begin
  machine laptop
}

teardown() { drop_disk; }

@test "kill -9 at some of the system calls of a register leaves it done or not begun, and the next one succeeds" {
  build_kill_at
  old_and_new
  sweep all 3 7 laptop new_or_not dev-infra register src/new
}

@test "kill -9 at some of the system calls of a pull, or of one of its processes, leaves it done or not begun" {
  local mode
  build_kill_at
  project laptop app https://example.org/app.git
  succeeds on laptop dev-infra register app
  pushed_to_origin
  joined desktop
  succeeds on desktop dev-infra set app description=far
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra set app tags=near
  keep_world
  after() {
    case $(field laptop app description) in null | '"far"') ;; *) equal "$(field laptop app description)" 'null or far' ;; esac
    equal "$(field laptop app tags)" '["near"]'
    whole laptop
    goes_on on laptop dev-infra pull --quiet
    equal "$(field laptop app description) $(field laptop app tags)" '"far" ["near"]'
    whole laptop
    nothing_left laptop
  }
  for mode in all one; do sweep "$mode" 11 53 laptop after dev-infra pull; done
}

@test "random histories of three machines converge, and no write is lost that nobody has overwritten" {
  local said
  said=$(python3 "$BATS_TEST_DIRNAME/../Torture/histories.py" "$DEV_INFRA_PREFIX" "$BATS_TEST_TMPDIR/histories" "${SEED:-1}" 10) || {
    printf '%s\n' "$said"
    return 1
  }
}

@test "a power cut right after a register that was acknowledged does not lose it" {
  local kind
  build_shutdown
  project laptop app
  project laptop lib
  make_disk ext4
  export DEV_INFRA_DIR=$WORLD/disk/registry
  for kind in app lib; do
    succeeds on laptop dev-infra register "$kind"
    cut_power
    on laptop dev-infra-cat-project -e "$kind"
    equal "$(on laptop dev-infra verify 2>&1)" ''
  done
  equal "$(names_of laptop)" 'app lib'
}
