#!/usr/bin/env bats
# shellcheck shell=bats
# Many processes at one registry, with its maintenance beside them.
#
#     PROCESSES=16 EACH=200

load ../EndToEnd/helper
load part

setup() {
  begin
  machine laptop
}

@test "sixteen processes that register 200 repositories each, one at a time, with gc in a loop beside them" {
  local processes=${PROCESSES:-16} each number name pids=() bad=0 gc
  each=$(share "${EACH:-200}")
  for ((number = 0; number < processes; number++)); do
    for ((name = 0; name < each; name++)); do
      mkdir -p "laptop/src/$number-$name/.git/refs" "laptop/src/$number-$name/.git/objects"
      printf 'ref: refs/heads/main\n' >"laptop/src/$number-$name/.git/HEAD"
      printf '[core]\n\tbare = false\n[remote "origin"]\n\turl = https://example.org/%s/%s.git\n' "$number" "$name" \
        >"laptop/src/$number-$name/.git/config"
    done
  done
  succeeds on laptop dev-infra init
  worker() {
    local name
    for ((name = 0; name < each; name++)); do
      on laptop dev-infra register --quiet "src/$1-$name" || {
        printf 'registering %s-%s ended with %s\n' "$1" "$name" "$?"
        return 1
      }
    done
  }
  tidy() {
    while [ ! -e "$BATS_TEST_TMPDIR/done" ]; do
      on laptop dev-infra gc --quiet || {
        printf 'gc ended with %s\n' "$?"
        return 1
      }
    done
  }
  tidy >"$BATS_TEST_TMPDIR/gc.log" 2>&1 3>&- &
  gc=$!
  for ((number = 0; number < processes; number++)); do
    worker "$number" >"$BATS_TEST_TMPDIR/$number.log" 2>&1 3>&- &
    pids+=("$!")
  done
  for number in "${!pids[@]}"; do
    wait "${pids[number]}" || {
      bad=1
      cat "$BATS_TEST_TMPDIR/$number.log"
    }
  done
  : >"$BATS_TEST_TMPDIR/done"
  wait "$gc" || {
    bad=1
    cat "$BATS_TEST_TMPDIR/gc.log"
  }
  [ "$bad" -eq 0 ]
  equal "$(on laptop dev-infra-ls-projects | wc -l)" $((processes * each)) 'projects'
  equal "$(registry_git laptop ls-tree -r --name-only main projects | wc -l)" $((processes * each)) 'entries'
  equal "$(commits_of laptop)" $((processes * each + 1)) 'commits'
  sound laptop
}
