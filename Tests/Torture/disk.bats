#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2317 # the checks are called by their names
# A disk that is full at every level: a change is there whole or not at all, and works once there is room again.

load ../EndToEnd/helper
load ../EndToEnd/support/disk
load part

setup() {
  begin
  machine laptop
  small_disk 3m
}

teardown() { drop_disk; }

# each_level CHECK COMMAND…: runs it with 0, 1, 2… free blocks, or those of them that this part has, until it succeeds several
# times.
each_level() {
  local check=$1 free good=0 bad=0 before code
  shift
  for ((free = PART_NUMBER - 1; good < 5 && free < 400; free += PART_COUNT)); do
    fill_disk "$free"
    before=$(main_of laptop)
    code=0
    on laptop "$@" >"$BATS_TEST_TMPDIR/out" 2>&1 || code=$?
    # While the disk is still full, everything can be read.
    equal "$(names_of laptop app)" app "with $free blocks free"
    case $code in
      0) good=$((good + 1)) ;;
      128 | 1)
        bad=$((bad + 1))
        grep -qE '^(fatal|error): .' "$BATS_TEST_TMPDIR/out"
        ;;
      *)
        printf 'with %s blocks free it ended with %s: %s\n' "$free" "$code" "$(cat "$BATS_TEST_TMPDIR/out")"
        return 1
        ;;
    esac
    clear_disk
    sound laptop
    "$check" "$code" "$before" "$free"
  done
  printf '# %s: refused at %s levels of free space, then done\n' "$*" "$bad" >&3
  # What needs no more than a few blocks is refused in the first parts alone.
  [ "$bad" -ge 1 ] || [ "$PART_NUMBER" -gt 1 ]
  [ "$good" -ge 5 ]
}

@test "set" {
  project laptop app
  succeeds on laptop dev-infra register app
  registry_to_disk laptop
  check() {
    if [ "$1" -eq 0 ]; then
      differ "$(main_of laptop)" "$2" 'main after success'
      succeeds on laptop dev-infra undo
    else
      equal "$(main_of laptop)" "$2" 'main after failure'
    fi
    equal "$(field laptop app description)" null
  }
  each_level check dev-infra set --quiet app description="$(head -c 3000 /dev/zero | tr '\0' x)"
}

@test "a register of 120 repositories, which is a pack" {
  local number
  for ((number = 0; number < 120; number++)); do git init -q "laptop/src/$number"; done
  project laptop app
  succeeds on laptop dev-infra register app
  registry_to_disk laptop
  check() {
    if [ "$1" -eq 0 ]; then
      equal "$(on laptop dev-infra-ls-projects | wc -l)" 121
      succeeds on laptop dev-infra undo
      succeeds on laptop dev-infra gc
    else
      equal "$(main_of laptop)" "$2" 'main after failure'
    fi
    equal "$(on laptop dev-infra-ls-projects | wc -l)" 1
  }
  each_level check dev-infra register --quiet --recursive src
}

@test "a pull" {
  local number old
  project laptop app
  succeeds on laptop dev-infra register app
  bare_remote registry
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra push
  machine desktop
  succeeds on desktop dev-infra init "$REMOTE"
  for number in 1 2 3; do
    project desktop "p$number"
    succeeds on desktop dev-infra register "p$number"
  done
  succeeds on desktop dev-infra push
  registry_to_disk laptop
  old=$(main_of laptop)
  cp -a disk/registry kept
  check() {
    if [ "$1" -eq 0 ]; then
      equal "$(names_of laptop --all)" 'app p1 p2 p3'
    elif [ "$(main_of laptop)" != "$old" ]; then
      equal "$(names_of laptop --all)" 'app p1 p2 p3' "after a pull that failed"
    fi
    succeeds on laptop dev-infra pull
    equal "$(names_of laptop --all)" 'app p1 p2 p3' 'after the next pull'
    rm -rf disk/registry
    cp -a kept disk/registry
  }
  each_level check dev-infra pull
}
