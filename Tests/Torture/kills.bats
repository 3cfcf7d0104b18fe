#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2317 # the checks are called by their names
# `kill -9` at every system call: afterwards the state before or after, nothing damaged, and the next command succeeds.
#
#     STEP=1      every so manieth call; the last part of SEED says which is the first
#     MODES='all one'

load ../EndToEnd/helper
load kills

setup() {
  begin
  build_kill_at
  machine laptop
  STEP=${STEP:-1}
  FIRST=$((1 + ${SEED:-1} % STEP))
  read -r -a modes <<<"${MODES:-all one}"
}

# Not after `||` or in a condition: the shell would not stop at a check that fails then.
each_mode() {
  local mode
  for mode in "${modes[@]}"; do sweep "$mode" "$FIRST" "$STEP" "$@"; done
}

@test "a register into a registry" {
  old_and_new
  each_mode laptop new_or_not dev-infra register src/new
}

@test "the first register, which makes the registry" {
  project laptop src/new https://example.org/new.git
  keep_world
  after() {
    if [ -e laptop/.dev-infra ]; then whole laptop; fi
    goes_on on laptop dev-infra register --quiet src/new
    equal "$(names_of laptop)" 'new'
    whole laptop
    nothing_left laptop
  }
  each_mode laptop after dev-infra register src/new
}

@test "a register of 150 repositories, which is written as a pack" {
  local number
  for ((number = 0; number < 150; number++)); do
    mkdir -p "laptop/src/$number"
    git init -q "laptop/src/$number"
  done
  project laptop old
  succeeds on laptop dev-infra register old
  keep_world
  after() {
    local count
    count=$(on laptop dev-infra-ls-projects | wc -l)
    case $count in 1 | 151) ;; *) equal "$count" '1 or 151' ;; esac
    whole laptop
    goes_on on laptop dev-infra register --quiet --recursive src
    equal "$(on laptop dev-infra-ls-projects | wc -l)" 151
    whole laptop
    nothing_left laptop
  }
  STEP=$((STEP * 4))
  each_mode laptop after dev-infra register --recursive src
}

# Both machines have changed; laptop also has a .dev-infra.yml that the pull takes up again.
two_machines() {
  bare_remote registry
  project laptop app https://example.org/app.git
  project laptop lib https://example.org/lib.git
  printf 'status: paused\n' >laptop/lib/.dev-infra.yml
  succeeds on laptop dev-infra register app lib
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra push
  machine desktop
  succeeds on desktop dev-infra init --name desktop "$REMOTE"
  project desktop extra https://example.org/extra.git
  succeeds on desktop dev-infra register extra
  succeeds on desktop dev-infra set app description='from the desktop'
  succeeds on desktop dev-infra set lib status=completed tags=far
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra set app tags=mine
}

@test "a pull" {
  two_machines
  keep_world
  after() {
    local names
    names=$(names_of laptop --all)
    case $names in
      'app lib') equal "$(field laptop app description)" null ;;
      'app extra lib') equal "$(field laptop app description)" '"from the desktop"' ;;
      *) equal "$names" 'app lib or app extra lib' ;;
    esac
    equal "$(field laptop app tags)" '["mine"]'
    whole laptop
    goes_on on laptop dev-infra pull --quiet
    equal "$(names_of laptop --all)" 'app extra lib' 'after the next pull'
    equal "$(field laptop app description) $(field laptop app tags)" '"from the desktop" ["mine"]'
    equal "$(field laptop lib tags)" '["far"]'
    whole laptop
    nothing_left laptop
    goes_on on laptop dev-infra push --quiet
    equal "$(remote_tree)" "$(tree_of laptop)" 'the trees of the remote and the laptop'
  }
  each_mode laptop after dev-infra pull
}

@test "a push" {
  local remote_before
  two_machines
  keep_world
  remote_before=$(remote_main)
  after() {
    equal "$(names_of laptop --all)" 'app lib'
    whole laptop
    equal "$(git --git-dir="$REMOTE" fsck --no-dangling 2>&1)" '' 'the remote'
    # git's own, killed beside ours, leaves its lock in a repository that is not ours to clear: the push says so.
    find "$REMOTE" -name '*.lock' -delete
    if [ "$(remote_main)" != "$remote_before" ]; then
      git --git-dir="$REMOTE" merge-base --is-ancestor "$remote_before" main
    fi
    goes_on on laptop dev-infra push --quiet
    equal "$(git --git-dir="$REMOTE" ls-tree -r --name-only main projects | wc -l)" 3
    whole laptop
    nothing_left laptop
    goes_on on laptop dev-infra pull --quiet
    equal "$(names_of laptop --all)" 'app extra lib'
  }
  each_mode laptop after dev-infra push
}

@test "a gc" {
  local number
  project laptop app
  succeeds on laptop dev-infra register app
  for number in 1 2 3 4 5; do succeeds on laptop dev-infra set app description="$number"; done
  keep_world
  after() {
    equal "$(field laptop app description)" '"5"'
    whole laptop
    goes_on on laptop dev-infra set --quiet app description=next
    goes_on on laptop dev-infra gc --quiet
    equal "$(field laptop app description)" '"next"'
    whole laptop
    goes_on on laptop dev-infra undo --quiet
    equal "$(field laptop app description)" '"5"'
  }
  each_mode laptop after dev-infra gc
}
