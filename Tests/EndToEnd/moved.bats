#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What moves or vanishes: projects, directories above them, parts of a repository, the default branch, the home.
#
# A file system that does not tell upper from lower case is any_case.bats'. Not tried here: one that is mounted and fails (a
# directory that may not be looked at stands for it); a submodule that was taken out by 'git submodule deinit', and a part that another
# branch has: both are gone from the work tree, are said to be, and stay in the registry until 'refresh --prune'.

load helper

setup() {
  begin
  machine laptop
  cd "$WORLD/laptop" || return
  on laptop dev-infra init --name laptop
}

hook() { (cd "$1" && HOME=$WORLD/laptop dev-infra-hook-register); }

# part DIR NAME: a directory with metadata in the repository around it.
part() {
  mkdir -p "$1"
  printf '%s\n' "$2" >"$1/.dev-infra.yml"
}

@test "a directory above was renamed: all that was below it is found, with one first commit or several" {
  local name
  project laptop work/clients/crm https://h.example/crm
  project laptop work/clients/erp
  for name in api web infra; do project laptop "work/clients/set/$name" '' starter; done
  for name in crm erp set/api set/web set/infra; do hook "work/clients/$name"; done
  mv work/clients work/customers
  runs 0 on laptop dev-infra refresh
  for name in crm erp; do equal "$(path_of "$name")" "$WORLD/laptop/work/customers/$name"; done
  for name in api web infra; do equal "$(path_of "$name")" "$WORLD/laptop/work/customers/set/$name"; done
  quietly on laptop dev-infra clone --missing --dry-run
  refute_output_has 'would clone'
  # And the directory that is searched.
  on laptop dev-infra register --quiet --recursive work
  mv work code
  runs 0 on laptop dev-infra refresh
  for name in crm erp; do equal "$(path_of "$name")" "$WORLD/laptop/code/customers/$name"; done
  equal "$(path_of web)" "$WORLD/laptop/code/customers/set/web"
  equal "$(names_of laptop)" 'api crm erp infra web'
}

@test "a moved clone is not found in its upstream, and a tree that moved as a whole is found again" {
  project laptop base
  git clone -q base work
  git -C work remote set-url origin ../base
  on laptop dev-infra register --quiet work
  mkdir away
  mv work away/work
  rm -rf away/work
  runs 1 on laptop dev-infra refresh
  assert_stderr_has "work is gone from $WORLD/laptop/work"
  # Registered by hand it is a project beside that.
  on laptop dev-infra register --quiet base
  equal "$(names_of laptop)" 'base work'
  mkdir lab
  project laptop lab/up '' other
  git clone -q lab/up lab/down
  git -C lab/down remote set-url origin ../up
  on laptop dev-infra register --quiet --recursive lab
  mv lab lab-2026
  run --separate-stderr on laptop dev-infra refresh
  equal "$(path_of up)" "$WORLD/laptop/lab-2026/up"
  equal "$(path_of down)" "$WORLD/laptop/lab-2026/down"
}

@test "a linked worktree that was moved by hand is refused with what to do, and that is enough" {
  project laptop app https://h.example/app
  on laptop git -C app worktree add -q ../tree
  mv tree moved
  runs 1 on laptop dev-infra register moved
  assert_stderr_has "$WORLD/laptop/app/.git/worktrees/tree has $WORLD/laptop/tree as its work tree, which does not lead back to it"
  assert_stderr_line "^hint: if it was moved: 'git worktree repair' there tells its repository$"
  on laptop git -C moved worktree repair
  runs 0 on laptop dev-infra register moved
  runs 0 on laptop dev-infra show app
  assert_output_has "$WORLD/laptop/moved (worktree)"
}

@test "a name that differs in case only, and one that several could be" {
  project laptop src/app https://h.example/app
  project laptop src/one '' twin
  project laptop src/two '' twin
  on laptop dev-infra register --quiet --recursive src
  mv src/app src/App
  mv src/one src/uno
  mv src/two src/dos
  runs 1 on laptop dev-infra refresh
  equal "$(path_of app)" "$WORLD/laptop/src/App"
  assert_stderr_has 'one is gone'
  assert_stderr_has 'two is gone'
  # Between a copy in a folder of backups and the new place nothing is guessed.
  mkdir -p src/backup
  cp -r src/App src/backup/App
  mv src/App src/new
  runs 1 on laptop dev-infra refresh app
  refuses 1 "app was at $WORLD/laptop/src/App, which is gone" on laptop dev-infra path app
}

@test "the home is reached by another name" {
  project laptop src/app
  project laptop src/lib https://h.example/lib
  on laptop dev-infra register --quiet --recursive src
  mkdir "$WORLD/disk"
  mv "$WORLD/laptop/src" "$WORLD/disk/src"
  ln -s "$WORLD/disk/src" "$WORLD/laptop/src"
  hook src/app
  equal "$(names_of laptop)" 'app lib'
  runs 0 on laptop dev-infra refresh
  equal "$(names_of laptop)" 'app lib'
  equal "$(path_of app)" "$WORLD/disk/src/app"
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)' lib)" "$WORLD/disk/src/lib"
  # The home itself by a link to it.
  ln -s laptop "$WORLD/by-link"
  (
    HOME=$WORLD/by-link
    cd "$HOME" || return
    succeeds dev-infra register --recursive src
    dev-infra-hook-register src/app
    runs 0 dev-infra refresh
  )
  equal "$(names_of laptop)" 'app lib'
  equal "$(path_of app)" "$WORLD/disk/src/app"
  equal "$(on laptop dev-infra machine | wc -l)" 1
  # And with no link left behind: below the home there is the same place.
  rm src
  mkdir src
  mv "$WORLD/disk" "$WORLD/gone"
  mkdir -p deep/src
  mv "$WORLD/gone/src/app" deep/src/app
  mv "$WORLD/gone/src/lib" src/lib
  runs 0 on laptop dev-infra refresh
  equal "$(path_of lib)" "$WORLD/laptop/src/lib"
  equal "$(path_of app)" "$WORLD/laptop/deep/src/app"
}

@test "a disk that is not mounted: what is on it stays, and is there again" {
  project laptop mnt/usb/app
  project laptop src/lib https://h.example/lib
  on laptop dev-infra register --quiet mnt/usb/app src/lib
  mkdir "$WORLD/parked"
  # An empty mount point, and none at all.
  mv mnt/usb/app "$WORLD/parked/app"
  runs 1 on laptop dev-infra refresh app
  rm -r mnt
  runs 1 on laptop dev-infra refresh app
  assert_stderr_has "app is gone from $WORLD/laptop/mnt/usb/app"
  mkdir -p mnt/usb
  mv "$WORLD/parked/app" mnt/usb/app
  runs 0 on laptop dev-infra refresh
  equal "$(path_of app)" "$WORLD/laptop/mnt/usb/app"
}

@test "what cannot be looked at is not gone" {
  [ "$(id -u)" -ne 0 ] || command -v setpriv >/dev/null || skip 'as root nothing is closed'
  project laptop closed/app
  on laptop dev-infra register --quiet closed/app
  chmod 000 closed
  run --separate-stderr on laptop setpriv --bounding-set -dac_override,-dac_read_search dev-infra refresh --prune
  local after=$status
  chmod 755 closed
  equal "$after" 1
  assert_stderr_has 'Permission denied'
  equal "$(names_of laptop)" app
}

@test "another path of a project that is still here goes without an error" {
  project laptop app https://h.example/app
  git -C app worktree add -q ../fix
  on laptop dev-infra register --quiet app fix
  git -C app worktree remove ../fix
  runs 0 on laptop dev-infra refresh
  assert_output_has "dropped app ($WORLD/laptop/fix)"
  runs 0 on laptop dev-infra refresh
  assert_output ''
}

@test "a locked worktree on a disk that is away stays, for refresh and for hooks" {
  project laptop app https://h.example/app
  mkdir disk
  git -C app worktree add -q --lock --reason 'on a disk' ../disk/fix
  git -C app worktree add -q ../disk/other
  on laptop dev-infra register --quiet app disk/fix disk/other
  mv disk away
  # One that is not locked is dropped, as git's own prune does.
  runs 0 on laptop dev-infra refresh
  assert_output_has "dropped app ($WORLD/laptop/disk/other)"
  lacks "$output" disk/fix
  equal "$stderr" ''
  hook app
  runs 0 on laptop dev-infra refresh
  assert_output ''
  equal "$(on laptop dev-infra list --json | jq -r '.[0].paths | join(" ")')" "$WORLD/laptop/app $WORLD/laptop/disk/fix"
  mv away disk
  git -C app worktree unlock ../disk/fix
  mv disk away
  runs 0 on laptop dev-infra refresh
  assert_output_has "dropped app ($WORLD/laptop/disk/fix)"
}

@test "a part of a repository that was renamed is the same project" {
  project laptop mono https://h.example/mono
  part mono/services/billing 'name: billing'
  part mono/services/search 'status: paused'
  git -C mono add .
  commit_in mono parts
  on laptop dev-infra register --quiet --recursive mono
  succeeds on laptop dev-infra set billing tags=team
  billing=$(id_of laptop billing)
  search=$(id_of laptop search)
  git -C mono mv services/billing services/payments
  mkdir mono/apps
  git -C mono mv services/search apps/search
  commit_in mono moved
  # What was built there does not make it a project.
  mkdir -p mono/services/billing/build
  runs 0 on laptop dev-infra refresh
  equal "$(path_of "$billing")" "$WORLD/laptop/mono/services/payments"
  equal "$(path_of "$search")" "$WORLD/laptop/mono/apps/search"
  equal "$(field laptop billing tags)" '["team"]'
  equal "$(field laptop billing subdirectory)" '"services/payments"'
  equal "$(names_of laptop)" 'billing mono search'
  before=$(main_of laptop)
  succeeds on laptop dev-infra register --recursive mono
  equal "$(main_of laptop)" "$before"
  # By a search alone.
  git -C mono mv services/payments services/money
  commit_in mono again
  succeeds on laptop dev-infra register --recursive mono
  equal "$(path_of "$billing")" "$WORLD/laptop/mono/services/money"
  equal "$(names_of laptop)" 'billing mono search'
  # The repository moves, with its parts.
  mv mono whole
  runs 0 on laptop dev-infra refresh
  equal "$(path_of mono)" "$WORLD/laptop/whole"
  equal "$(path_of "$search")" "$WORLD/laptop/whole/apps/search"
  sound laptop
}

@test "a part that a sparse checkout leaves out is not gone" {
  project laptop mono https://h.example/mono
  part mono/services/billing 'name: billing'
  part mono/web 'name: web'
  git -C mono add .
  commit_in mono parts
  on laptop dev-infra register --quiet --recursive mono
  git -C mono sparse-checkout set web
  [ ! -e mono/services ]
  runs 0 on laptop dev-infra refresh --prune
  equal "$(names_of laptop)" 'billing mono web'
}

@test "two machines on different branches do not move a part to and fro" {
  machine desktop
  project laptop mono https://h.example/mono
  part mono/services/billing 'name: billing'
  git -C mono add .
  commit_in mono part
  cp -r mono "$WORLD/desktop/mono"
  on laptop dev-infra register --quiet --recursive mono
  with_origin
  succeeds on laptop dev-infra sync
  on desktop dev-infra init --name desktop "$REMOTE"
  on desktop dev-infra register --quiet --recursive mono
  git -C mono mv services/billing services/payments
  commit_in mono moved
  quietly on laptop dev-infra refresh
  for name in laptop desktop laptop desktop; do succeeds on "$name" dev-infra sync; done
  before=$(tree_of laptop)
  for name in laptop desktop laptop desktop; do
    quietly on "$name" dev-infra register --quiet --recursive mono
    quietly on "$name" dev-infra refresh
    succeeds on "$name" dev-infra sync
  done
  equal "$(tree_of laptop)" "$before"
  equal "$(tree_of desktop)" "$before"
  equal "$(field desktop billing subdirectory)" '"services/payments"'
}

@test "the default branch is the remote's, and follows it" {
  project laptop w
  git init -q --bare r.git
  git -C w push -q "$WORLD/laptop/r.git" HEAD:master
  git --git-dir=r.git symbolic-ref HEAD refs/heads/master
  git clone -q r.git a
  git clone -q r.git b
  on laptop dev-infra register --quiet a
  equal "$(field laptop a default_branch)" '"master"'
  git -C w push -q "$WORLD/laptop/r.git" HEAD:main
  git --git-dir=r.git symbolic-ref HEAD refs/heads/main
  git -C a fetch -q
  git -C a remote set-head origin -a
  quietly on laptop dev-infra refresh
  equal "$(field laptop a default_branch)" '"main"'
  # Another machine that has not fetched since does not set it back.
  machine desktop
  with_origin
  succeeds on laptop dev-infra sync
  on desktop dev-infra init --name desktop "$REMOTE"
  cp -r b "$WORLD/desktop/b"
  on desktop dev-infra register --quiet b
  quietly on desktop dev-infra refresh
  equal "$(field desktop a default_branch)" '"main"'
}

@test "a topic branch that happens to be checked out is not a default branch" {
  project laptop one
  git -C one checkout -q -b topic
  project laptop two
  git -C two branch -q -m work
  git -C two checkout -q -b more
  git -C two branch -q -D work
  on laptop dev-infra register --quiet one two
  equal "$(field laptop one default_branch)" null
  equal "$(field laptop two default_branch)" '"more"' 'the only one'
  git -C one checkout -q main
  quietly on laptop dev-infra refresh
  equal "$(field laptop one default_branch)" '"main"'
  # It was renamed here, and there is no remote to ask; another branch beside it is not a new one.
  git -C one checkout -q -b develop
  quietly on laptop dev-infra refresh
  equal "$(field laptop one default_branch)" '"main"'
  git -C one branch -q -m main trunk
  git -C one checkout -q trunk
  quietly on laptop dev-infra refresh
  equal "$(field laptop one default_branch)" '"trunk"'
}

@test "a history that is written anew from its first commit on is the same project, where no remote tells" {
  local former
  in_app() { git -C app -c user.name=Person -c user.email=person@example.org "$@"; }
  project laptop app
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra set app tags=mine
  former=$(on laptop dev-infra list --format '%(id)')
  in_app commit -q --amend --allow-empty -m 'Another first one'
  succeeds on laptop dev-infra register app
  equal "$(on laptop dev-infra list --format '%(id) %(tags)')" "$former mine"
  equal "$(on laptop dev-infra cat-project "$former" | jq -r .root_commit)" "$(git -C app rev-parse HEAD)"
  # Long after, when git has thrown the former commit away.
  in_app reflog expire --expire=now --all
  in_app gc -q --prune=now
  in_app commit -q --amend --allow-empty -m 'A third'
  runs 0 on laptop dev-infra refresh
  equal "$(on laptop dev-infra list --format '%(id) %(tags)')" "$former mine"
  # A branch without a common history is another branch, and no other project; nor does it change what the first commit is.
  in_app switch -q --orphan pages
  in_app commit -q --allow-empty -m pages
  succeeds on laptop dev-infra register app
  equal "$(on laptop dev-infra list --format '%(id) %(tags)')" "$former mine"
  equal "$(on laptop dev-infra cat-project "$former" | jq -r .root_commit)" "$(git -C app rev-parse main)"
  # Another repository in its place is another project.
  rm -rf app
  project laptop app
  in_app commit -q --amend --allow-empty -m 'Of another'
  in_app reflog expire --expire=now --all
  in_app gc -q --prune=now
  succeeds on laptop dev-infra register app
  [ "$(on laptop dev-infra list --format '%(id)')" != "$former" ] || explain 'it took the former one over'
}

@test "a copy on another machine stays the project whose history was written anew here" {
  local id
  bare_remote registry
  project laptop app
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra set app tags=mine
  id=$(id_of laptop app)
  succeeds on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra push
  machine desk
  on desk dev-infra init --name desk "$REMOTE"
  cp -a "$WORLD/laptop/app" "$WORLD/desk/app"
  succeeds on desk dev-infra register "$WORLD/desk/app"
  succeeds on desk dev-infra push
  succeeds on laptop dev-infra pull
  git -C app -c user.name=Person -c user.email=person@example.org commit -q --amend --allow-empty -m 'Another first one'
  succeeds on laptop dev-infra register app
  succeeds on laptop dev-infra push
  succeeds on desk dev-infra pull
  succeeds on desk dev-infra refresh
  equal "$(on desk dev-infra list --format '%(id) %(tags)')" "$id mine"
  equal "$(on desk dev-infra path app)" "$WORLD/desk/app"
}
