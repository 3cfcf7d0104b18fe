#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # status and output are set by bats' run
# Repositories as large as the largest that there are. A hook is quick beside each of them, and each is registered.
#
# Not tried here: reftable, which git makes from 2.45 on and libgit2 refuses; the git program is asked then, as for SHA-256.

load helper

# history DIR COUNT: a repository with so many commits in one line, in one pack.
history() {
  git init -q -b main "$1"
  awk -v count="$2" 'BEGIN {
    for (i = 1; i <= count; i++) {
      printf "commit refs/heads/main\nmark :%d\ncommitter T <t@e> %d +0000\ndata 2\nx\n\n", i, 1000000000 + i * 60
    }
    print "done"
  }' | git -C "$1" fast-import --quiet --done
}

setup_file() {
  begin "$BATS_FILE_TMPDIR/world"
  history "$BATS_FILE_TMPDIR/long" 500000
}

setup() {
  begin
  machine laptop
  on laptop dev-infra init
  mkdir -p laptop/src
}

# hook DIR: the hook, in it; sets took to the milliseconds of processor that it needed, which are the same on a busy machine.
hook() {
  local before after
  read -ra before </proc/$BASHPID/stat
  succeeds at laptop "$1" dev-infra-hook-register
  read -ra after </proc/$BASHPID/stat
  # The user's and the system's of the children that were waited for, in hundredths of a second.
  took=$(((after[15] + after[16] - before[15] - before[16]) * 10))
}

@test "the hook registers a project with half a million commits at once, and the first commit comes later" {
  local first
  cp -a "$BATS_FILE_TMPDIR/long" laptop/src/long
  git -C laptop/src/long remote add origin https://h.example/long
  first=$(git -C laptop/src/long rev-list --max-parents=0 main)
  hook src/long
  [ "$took" -lt 5000 ] || explain "the hook took $took ms of processor"
  equal "$(names_of laptop)" long
  equal "$(field laptop long root_commit)" null
  hook src/long
  [ "$took" -lt 1000 ] || explain "the second hook took $took ms of processor"
  succeeds on laptop env DEV_INFRA_HISTORY_TIMEOUT=300 dev-infra register src/long
  equal "$(field laptop long root_commit)" "\"$first\""
}

@test "without a remote it is registered as well" {
  cp -a "$BATS_FILE_TMPDIR/long" laptop/src/long
  hook src/long
  equal "$(names_of laptop)" long
  succeeds on laptop env DEV_INFRA_HISTORY_TIMEOUT=300 dev-infra refresh
  differ "$(field laptop long root_commit)" null
  equal "$(names_of laptop)" long
}

@test "a commit-graph, in one file or in several, is used to find the first commit" {
  local first split
  cp -a "$BATS_FILE_TMPDIR/long" laptop/src/long
  first=$(git -C laptop/src/long rev-list --max-parents=0 main)
  for split in '' --split; do
    # shellcheck disable=SC2086
    git -C laptop/src/long commit-graph write --reachable $split
    succeeds env DEV_INFRA_DIR="$WORLD/of$split" dev-infra register laptop/src/long
    equal "$(DEV_INFRA_DIR=$WORLD/of$split dev-infra-cat-project long | jq -r .root_commit)" "$first"
    # A damaged one is no reason to register nothing.
    chmod -R u+w laptop/src/long/.git/objects/info
    find laptop/src/long/.git/objects/info -name '*graph*' -type f -exec sh -c 'printf damaged >"$1"' sh {} \;
    succeeds env DEV_INFRA_DIR="$WORLD/damaged$split" dev-infra register laptop/src/long
    equal "$(DEV_INFRA_DIR=$WORLD/damaged$split dev-infra-cat-project long | jq -r .root_commit)" "$first"
    rm -rf laptop/src/long/.git/objects/info/commit-graph*
  done
}

@test "100,000 refs, 50,000 files and 200 packs keep the hook for no longer than few" {
  local number
  project laptop src/refs https://h.example/refs
  awk -v commit="$(git -C laptop/src/refs rev-parse HEAD)" 'BEGIN {
    for (i = 1; i <= 100000; i++) printf "create refs/heads/topic/%d %s\n", i, commit
  }' | git -C laptop/src/refs update-ref --stdin
  git -C laptop/src/refs pack-refs --all
  project laptop src/files https://h.example/files
  awk 'BEGIN {
    print "blob\nmark :1\ndata 2\nx\n\ncommit refs/heads/main\ncommitter T <t@e> 1000000000 +0000\ndata 2\nx\n\nfrom refs/heads/main^0"
    for (i = 1; i <= 50000; i++) printf "M 100644 :1 d%d/f%d\n", i % 500, i
    print "done"
  }' | git -C laptop/src/files fast-import --quiet --done
  git -C laptop/src/files reset -q --hard
  project laptop src/packs https://h.example/packs
  for number in {1..200}; do
    printf 'commit refs/heads/main\ncommitter T <t@e> 100000%04d +0000\ndata 2\nx\n\nfrom refs/heads/main^0\ndone\n' "$number" |
      git -C laptop/src/packs -c fastimport.unpackLimit=0 -c fastimport.unpacklimit=0 fast-import --quiet --done
  done
  for number in refs files packs; do
    hook "src/$number"
    [ "$took" -lt 1500 ] || explain "$number: the hook took $took ms of processor" || return
    differ "$(field laptop "$number" root_commit)" null "$number"
    hook "src/$number"
    [ "$took" -lt 1000 ] || explain "$number: the second hook took $took ms of processor" || return
    succeeds on laptop dev-infra register "src/$number"
  done
  equal "$(names_of laptop)" 'files packs refs'
}

@test "git saves memory where it reads all of a registry, but for one with a large pack" {
  local packs command pack
  registered laptop app
  packs=$(registry_of laptop)/objects/pack
  pack=$packs/pack-$(printf '%040d' 1).pack
  for command in verify gc; do
    succeeds on laptop env DEV_INFRA_TRACE="$WORLD/trace-$command" dev-infra "$command"
    grep -q 'core.packedGitLimit=16m' "$WORLD/trace-$command"
    # Its index is missing, so that nothing of it is read.
    truncate -s 268435457 "$pack"
    succeeds on laptop env DEV_INFRA_TRACE="$WORLD/trace-large-$command" dev-infra "$command"
    grep -qE 'git .* (fsck|gc) ' "$WORLD/trace-large-$command"
    not grep -q 'core.packedGitLimit' "$WORLD/trace-large-$command"
    rm -f "$pack"
  done
}
