#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2317 # the checks are called by their names
# `kill -9` at every system call: afterwards the state before or after, nothing damaged, and the next command succeeds.
#
#     MODES='all one'

load ../EndToEnd/helper
load kills
load part

setup() {
  begin
  build_kill_at
  machine laptop
  STEP=$PART_COUNT
  FIRST=$PART_NUMBER
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

@test "an import" {
  project laptop app https://example.org/o/app.git
  succeeds on laptop dev-infra register app
  printf 'https://example.org/o/%s.git\n' app one two three >laptop/list
  keep_world
  after() {
    case $(names_of laptop --all) in app | 'app one three two') ;; *) equal "$(names_of laptop --all)" 'app or all four' ;; esac
    whole laptop
    goes_on on laptop dev-infra import --quiet urls list
    equal "$(names_of laptop --all)" 'app one three two' 'after the next command'
    whole laptop
    nothing_left laptop
    # One commit, whenever it was made.
    goes_on on laptop dev-infra undo --quiet
    equal "$(names_of laptop --all)" app 'after undo'
    whole laptop
  }
  each_mode laptop after dev-infra import --quiet urls list
}

# machines_of MACHINE: the names of those that its registry knows.
machines_of() { on "$1" dev-infra machine list | cut -f 1 | LC_ALL=C sort | paste -s -d ' '; }

@test "a removal of a machine" {
  local gone
  two_machines
  succeeds on laptop dev-infra machine rename --quiet laptop
  succeeds on laptop dev-infra pull
  gone=$(id_of_machine desktop)
  keep_world
  after() {
    case $(machines_of laptop) in laptop | 'desktop laptop') ;; *) equal "$(machines_of laptop)" 'laptop or desktop laptop' ;; esac
    # All that is below its name, or nothing of that.
    case $(registry_git laptop ls-tree -r --name-only main "machines/$gone" | wc -l) in 0 | 2) ;; *) return 1 ;; esac
    equal "$(names_of laptop --all)" 'app extra lib'
    whole laptop
    goes_on on laptop dev-infra machine remove --quiet "$gone" || equal "$(machines_of laptop)" laptop 'what the next command found'
    equal "$(machines_of laptop)" laptop 'after the next command'
    equal "$(registry_git laptop for-each-ref "refs/dev-infra/state/$gone")" '' 'its state'
    whole laptop
    nothing_left laptop
    goes_on on laptop dev-infra push --quiet
    goes_on on desktop dev-infra pull --quiet
    whole desktop
  }
  each_mode laptop after dev-infra machine remove --quiet "$gone"
}

@test "a write through the daemon" {
  project laptop old https://example.org/old.git
  succeeds on laptop dev-infra register old
  keep_world
  after() {
    local answer
    answer=$(cat "$WORLD/laptop/answer" 2>/dev/null || :)
    case $(names_of laptop --all) in
      old) differ "$answer" 201 'what was acknowledged' ;;
      'new old') ;;
      *) equal "$(names_of laptop --all)" 'old or new old' ;;
    esac
    whole laptop
    goes_on on laptop dev-infra set --quiet old description=next
    whole laptop
    # What it left in its own folder goes with the next one, once it is nobody's for sure.
    find "$WORLD/laptop/.dev-infra/daemon" -name '.dev-infra-tmp-??????' -exec touch -d '2 hours ago' {} + 2>/dev/null || :
    goes_on on laptop sh "$BATS_TEST_DIRNAME/one-write.sh" "$WORLD/laptop/again"
    nothing_left laptop
  }
  # A daemon that outlives its client goes on for ever: all are killed.
  sweep all "$FIRST" "$STEP" laptop after sh "$BATS_TEST_DIRNAME/one-write.sh" "$WORLD/laptop/answer"
}
