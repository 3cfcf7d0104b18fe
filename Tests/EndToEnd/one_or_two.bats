#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Which directories are one project: several that share a first commit, copies, forks and mirrors, work trees beside a bare
# repository, repositories of jj, and the formats that extensions.* announce.
#
# Not tried here: extensions.relativeWorktrees, refStorage and compatObjectFormat, which the git of Debian 12 cannot make
# (worktrees with relative paths are, by hand); a remote that mirrors another one has a URL of its own, and what is cloned
# from there is another project until .dev-infra.yml gives both one id.

load helper

setup() {
  begin
  machine laptop
  cd "$WORLD/laptop" || return
}

# same DIR...: repositories with one first commit, as starters and scripts make them.
same() {
  local directory
  for directory; do project laptop "$directory" '' starter; done
}

@test "directories that have nothing in common but the first commit are projects of their own" {
  local name
  same work/api work/web work/infra
  succeeds on laptop dev-infra register --recursive work
  equal "$(names_of laptop)" 'api infra web'
  succeeds on laptop dev-infra set api tags=mine
  equal "$(field laptop web tags)" null
  for name in web infra api; do git -C "work/$name" remote add origin "git@github.com:acme/$name.git"; done
  succeeds on laptop dev-infra register --recursive work
  equal "$(names_of laptop)" 'api infra web'
  for name in api web infra; do
    equal "$(field laptop "$name" remote_url)" "\"git@github.com:acme/$name.git\""
    equal "$(path_of "$name")" "$WORLD/laptop/work/$name"
  done
  before=$(main_of laptop)
  succeeds on laptop dev-infra register --recursive work
  succeeds on laptop dev-infra refresh
  equal "$(main_of laptop)" "$before" 'once more'
  sound laptop
}

@test "one that is not here is proposed by the first commit, and two that were joined part with their remotes" {
  machine desktop
  bare_remote registry
  same app
  project desktop other '' starter
  on laptop dev-infra init --name laptop "$REMOTE"
  on laptop dev-infra register --quiet app
  succeeds on laptop dev-infra sync
  on desktop dev-infra init --name desktop "$REMOTE"
  on desktop dev-infra register --quiet other
  equal "$(id_of desktop app)" "$(id_of laptop app)"
  succeeds on desktop dev-infra sync
  git -C app remote add origin https://h.example/app
  quietly on laptop dev-infra refresh
  succeeds on laptop dev-infra sync
  succeeds on desktop dev-infra sync
  git -C "$WORLD/desktop/other" remote add origin https://h.example/other
  quietly on desktop dev-infra refresh
  succeeds on desktop dev-infra sync
  succeeds on laptop dev-infra sync
  equal "$(names_of laptop --all)" 'app other'
  equal "$(field laptop other remote_url)" '"https://h.example/other"'
  equal "$(field laptop app remote_url)" '"https://h.example/app"'
  equal "$(tree_of laptop)" "$(tree_of desktop)"
}

@test "what an older version joined by the first commit parts when the remotes differ, and stays where one has moved" {
  local id
  project laptop one https://h.example/one starter
  on laptop dev-infra register --quiet one
  id=$(id_of laptop one)
  same two
  # As it was recorded then: two paths of one project.
  local file
  file=machines/$(on laptop dev-infra config dev-infra.machine)/checkouts/${id:0:2}/${id:2}.json
  registry_git laptop show "main:$file" | jq -S --arg p "$WORLD/laptop/two" '.paths += [{kind: "main", path: $p}]' >two.json
  printf '100644 %s\t%s\n' "$(registry_git laptop hash-object -w --stdin <two.json)" "$file" |
    on laptop dev-infra-update-registry --index-info -m joined
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)')" "$WORLD/laptop/one,$WORLD/laptop/two"
  # The host of one has moved: it stays what it is, with the one beside it that has no remote.
  git -C one remote set-url origin https://elsewhere.example/one
  succeeds on laptop dev-infra refresh
  equal "$(id_of laptop one)" "$id"
  equal "$(field laptop "$id" remote_url)" '"https://elsewhere.example/one"'
  git -C two remote add origin https://h.example/two
  succeeds on laptop dev-infra refresh
  equal "$(names_of laptop)" 'one two'
  equal "$(path_of one)" "$WORLD/laptop/one"
  equal "$(path_of two)" "$WORLD/laptop/two"
  sound laptop
}

@test "a thousand with one first commit are compared with one another no more than those with different ones" {
  local number
  same seed
  mkdir many
  for number in {1..300}; do
    mkdir "many/r$number" && cp -r seed/.git "many/r$number/"
    printf '[remote "origin"]\n\turl = https://h.example/r%d\n' "$number" >>"many/r$number/.git/config"
  done
  succeeds on laptop dev-infra register --recursive --quiet many
  equal "$(on laptop dev-infra-ls-projects | wc -l)" 300
  for number in {1..300}; do sed -i '/remote/,$d' "many/r$number/.git/config"; done
  on laptop env DEV_INFRA_DIR="$WORLD/laptop/second" dev-infra register --recursive --quiet many
  equal "$(on laptop env DEV_INFRA_DIR="$WORLD/laptop/second" dev-infra-ls-projects | wc -l)" 300
}

@test "a fork, a mirror, a second clone and a part that was split off" {
  project laptop app https://h.example/acme/app
  mkdir app/lib
  echo 'name: lib' >app/lib/.dev-infra.yml
  git -C app add -A
  commit_in app lib
  git clone -q app fork
  git -C fork remote set-url origin https://h.example/me/app
  git -C fork remote add upstream https://h.example/acme/app
  git clone -q --mirror app app.git
  git -C app.git remote set-url origin https://h.example/acme/app
  git clone -q app second
  git -C second remote set-url origin git@h.example:acme/app.git
  # What git subtree split makes of it: a history of its own.
  at laptop app git branch split "$(at laptop app git commit-tree -m split HEAD:lib)"
  git clone -q -b split app lib
  git -C lib remote set-url origin https://h.example/acme/lib
  succeeds on laptop dev-infra register --recursive --bare .
  equal "$(names_of laptop)" 'app fork lib lib lib' 'a part of each, and what was split off'
  equal "$(path_of app)" "$WORLD/laptop/app"
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)' app)" \
    "$WORLD/laptop/app,$WORLD/laptop/second,$WORLD/laptop/app.git"
  sound laptop
}

@test "what file systems and desktops keep of the past is not searched, unless it is named" {
  local place
  project laptop src/app
  for place in .snapshots/1/snapshot/src src/.snapshot/daily src/.zfs/snapshot/a .Trash-1000/files .Trash; do
    mkdir -p "$place"
    cp -r src/app "$place/app"
  done
  succeeds on laptop dev-infra register --recursive .
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)')" "$WORLD/laptop/src/app"
  run --separate-stderr on laptop dev-infra-ls-repos .snapshots/1
  assert_output "$WORLD/laptop/.snapshots/1/snapshot/src/app"
}

# layouts: a bare repository in .bare and one in .git, with work trees beside them, and one that stands by itself.
layouts() {
  same seed
  git clone -q --bare seed src/proj/.bare
  echo 'gitdir: ./.bare' >src/proj/.git
  git -C src/proj remote set-url origin git@github.com:acme/proj.git
  git -C src/proj worktree add -q main main
  git -C src/proj worktree add -q -b feature feature
  git clone -q --bare seed src/tool/.git
  git --git-dir=src/tool/.git remote remove origin
  git --git-dir=src/tool/.git worktree add -q -b topic "$WORLD/laptop/src/tool/topic"
  git clone -q --bare seed src/alone.git
  git --git-dir=src/alone.git remote set-url origin https://h.example/alone
  git --git-dir=src/alone.git worktree add -q -b away "$WORLD/laptop/src/away"
  # And one with its work trees inside it.
  git clone -q --bare seed src/inside
  git --git-dir=src/inside remote set-url origin https://h.example/inside
  git --git-dir=src/inside worktree add -q -b topic "$WORLD/laptop/src/inside/topic"
  git init -q --bare src/store.git
}

@test "a bare repository with its work trees beside it is one project, and its path is a work tree" {
  layouts
  succeeds on laptop dev-infra register --recursive src
  equal "$(names_of laptop)" 'alone inside proj tool'
  equal "$(path_of alone)" "$WORLD/laptop/src/away"
  equal "$(path_of inside)" "$WORLD/laptop/src/inside/topic"
  equal "$(path_of proj)" "$WORLD/laptop/src/proj/main" 'the work tree of the default branch goes first'
  equal "$(path_of tool)" "$WORLD/laptop/src/tool/topic"
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)' proj)" \
    "$WORLD/laptop/src/proj/main,$WORLD/laptop/src/proj/feature,$WORLD/laptop/src/proj"
  before=$(main_of laptop)
  for directory in src/proj src/proj/.bare src/proj/feature src/tool/.git src/tool/topic; do
    succeeds on laptop dev-infra register "$directory"
  done
  (cd src/proj/feature && HOME=$WORLD/laptop dev-infra-hook-register)
  succeeds on laptop dev-infra refresh
  equal "$(main_of laptop)" "$before" 'each is known'
  succeeds on laptop dev-infra register --recursive --bare --nested src
  equal "$(names_of laptop)" 'alone inside proj store tool'
  sound laptop
}

@test "of copies that are found at once the path is that of none in a folder of backups, whatever a directory lists first" {
  local order place
  for order in 'Backups/app src/app zz/app .snapshots/1/src/app' '.snapshots/1/src/app zz/app src/app Backups/app'; do
    cd "$WORLD" || return
    rm -rf laptop
    machine laptop
    cd laptop || return
    project laptop first https://h.example/acme/app
    for place in $order; do
      mkdir -p "${place%/*}"
      cp -a first "$place"
    done
    rm -rf first
    succeeds on laptop dev-infra register --recursive .
    equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/app" "$order"
    # A search later on changes nothing.
    cp -a src/app aa
    succeeds on laptop dev-infra register --recursive .
    succeeds on laptop dev-infra refresh
    equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/app" "$order"
  done
}

@test "registered from a work tree alone, it has the name of the directory around" {
  layouts
  quietly on laptop dev-infra register src/proj/feature src/tool/topic src/away src/inside/topic
  equal "$(names_of laptop)" 'alone inside proj tool'
  quietly on laptop dev-infra register src/proj/main src/proj src/alone.git src/inside
  equal "$(names_of laptop)" 'alone inside proj tool'
  equal "$(path_of proj)" "$WORLD/laptop/src/proj/feature" 'what was known first'
}

@test "a .git file that leads to a bare repository elsewhere does not stand for it" {
  layouts
  mkdir src/evil
  echo "gitdir: $WORLD/laptop/src/alone.git" >src/evil/.git
  succeeds on laptop dev-infra register --recursive src
  equal "$(names_of laptop)" 'alone inside proj tool'
}

@test "worktrees with relative paths, and a repository of worktreeConfig" {
  same seed
  git -C seed worktree add -q ../tree
  echo '../../../../tree/.git' >seed/.git/worktrees/tree/gitdir
  echo 'gitdir: ../seed/.git/worktrees/tree' >tree/.git
  git -C seed config core.repositoryFormatVersion 1
  git -C seed config extensions.worktreeConfig true
  quietly on laptop dev-infra register tree seed
  equal "$(names_of laptop)" seed
  equal "$(path_of seed)" "$WORLD/laptop/seed"
}

# jujutsu DIR: what 'jj git init' and 'jj git clone' make of a repository of seed's.
jujutsu() {
  mkdir -p "$1/.jj/repo/store" "$1/.jj/working_copy"
  git clone -q --bare seed "$1/.jj/repo/store/git"
  git --git-dir="$1/.jj/repo/store/git" remote set-url origin "git@github.com:acme/${1##*/}.git"
  printf git >"$1/.jj/repo/store/type"
  printf git >"$1/.jj/repo/store/git_target"
}

@test "a repository of jj is a work tree, as are the workspaces that were added to it" {
  same seed
  jujutsu src/proj
  mkdir -p src/proj-two/.jj src/proj/deep/down src/pair/.jj/repo/store
  printf '%s' ../../proj/.jj/repo >src/proj-two/.jj/repo
  # Beside a .git of its own.
  git init -q src/pair
  git -C src/pair remote add origin https://h.example/pair
  printf '../../../.git' >src/pair/.jj/repo/store/git_target
  succeeds on laptop dev-infra register --recursive --bare --nested src
  equal "$(names_of laptop)" 'pair proj'
  equal "$(path_of proj)" "$WORLD/laptop/src/proj"
  equal "$(field laptop proj remote_url)" '"git@github.com:acme/proj.git"'
  before=$(main_of laptop)
  succeeds on laptop dev-infra register src/proj/deep/down src/proj/.jj/repo/store/git
  equal "$(main_of laptop)" "$before"
  succeeds on laptop dev-infra register src/proj-two
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)' proj)" "$WORLD/laptop/src/proj,$WORLD/laptop/src/proj-two"
  # One that leads nowhere is not a repository.
  mkdir -p src/broken/.jj/repo/store
  printf '/nowhere' >src/broken/.jj/repo/store/git_target
  runs 1 on laptop dev-infra register src/broken
  assert_stderr_has src/broken
}

@test "a project whose remote becomes that of another one here stays a project of its own, and the registry whole" {
  bare_remote registry
  project laptop src/x https://github.com/acme/x.git
  project laptop src/y https://github.com/acme/y.git
  on laptop dev-infra register --quiet src/x src/y
  on laptop dev-infra set --quiet y description=Mine
  git -C "$WORLD/laptop/src/y" remote set-url origin https://github.com/acme/x.git
  succeeds on laptop dev-infra refresh
  sound laptop
  quietly on laptop dev-infra refresh
  equal "$output" ''
  equal "$(names_of laptop)" 'x y'
  equal "$(on laptop dev-infra path y)" "$WORLD/laptop/src/y"
  equal "$(on laptop dev-infra path https://github.com/acme/x)" "$WORLD/laptop/src/x"
  # So it is for every machine that hears of it.
  on laptop dev-infra remote add origin "$REMOTE"
  succeeds on laptop dev-infra push
  machine other
  quietly on other dev-infra init --name other "$REMOTE"
  equal "$(names_of other --all)" 'x y'
  sound other
  # With a remote of its own it is like any other again.
  git -C "$WORLD/laptop/src/y" remote set-url origin https://github.com/acme/y.git
  succeeds on laptop dev-infra refresh
  equal "$(field laptop y distinct)" null
  equal "$(field laptop y description)" '"Mine"'
}

@test "extensions of a repository that git knows keep nothing from working, and one that it does not know is named" {
  local name
  runs 0 on laptop dev-infra init
  for name in partialClone preciousObjects noop noop-v1 worktreeConfig; do
    project laptop "src/$name" "https://h.example/$name"
    git -C "src/$name" config core.repositoryFormatVersion 1
    case $name in
      partialClone)
        git -C "src/$name" config remote.origin.promisor true
        git -C "src/$name" config extensions.partialClone origin
        ;;
      *) git -C "src/$name" config "extensions.$name" true ;;
    esac
  done
  succeeds on laptop dev-infra register --recursive src
  equal "$(names_of laptop)" 'noop noop-v1 partialClone preciousObjects worktreeConfig'
  succeeds on laptop dev-infra state --all
  equal "$(wc -l <<<"$output")" 5
  # As a newer git may write them. reftable, and names of objects in two forms, cannot be made with every git that is supported.
  for name in extensions.tomorrow extensions.objectFormat; do
    project laptop "src/${name#*.}" "https://h.example/${name#*.}"
    git -C "src/${name#*.}" config core.repositoryFormatVersion 1
    git config -f "src/${name#*.}/.git/config" "$name" sha512
    runs 1 on laptop dev-infra register "src/${name#*.}" src/noop
    assert_stderr_line "^error: reading the project .*/${name#*.}"
    assert_output_has 'noop'
  done
}

@test "an index without a checksum, as feature.manyFiles of a newer git writes it, is read" {
  project laptop src/app https://h.example/app
  echo a >src/app/a
  git -C src/app add a
  commit_in src/app a
  python3 - src/app/.git/index <<'END'
import sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[1], "wb").write(data[:-20] + bytes(20))
END
  runs 0 on laptop dev-infra register src/app
  succeeds on laptop dev-infra state --all --json app
  equal "$(jq -c '.[0] | [.changed, .staged, .error]' <<<"$output")" '[0,0,null]'
  echo b >>src/app/a
  succeeds on laptop dev-infra state --json app
  equal "$(jq -c '.[0] | [.changed, .staged, .error]' <<<"$output")" '[1,0,null]'
}
