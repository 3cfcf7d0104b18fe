#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What is here and known goes before what is found: a repository that says it is a registered project does not become it.

load helper

setup() {
  begin
  machine laptop
  project laptop src/app https://github.com/acme/app.git
  printf 'id: app-of-acme\nname: app\n' >"$WORLD/laptop/src/app/.dev-infra.yml"
  git -C "$WORLD/laptop/src/app" add -A
  commit_in "$WORLD/laptop/src/app" metadata
  on laptop dev-infra init --name laptop
  on laptop dev-infra register --quiet src/app
  APP=$WORLD/laptop/src/app
  ID=$(id_of laptop app)
  ENTRY=$(on laptop dev-infra-cat-project app)
}

# unharmed: the project is what it was, and where it was.
unharmed() {
  equal "$(on laptop dev-infra-cat-project "$ID")" "$ENTRY" 'the entry' || return
  equal "$(on laptop dev-infra path "$ID")" "$APP" || return
  equal "$(on laptop dev-infra path app)" "$APP" || return
  equal "$(on laptop dev-infra-cat-project --checkouts "$ID" | jq -c '.checkouts[].remotes')" \
    '{"origin":"https://github.com/acme/app.git"}' || return
  sound laptop
}

# each_way DIR: registers what is below DIR in every way there is, and the project is unharmed after each.
each_way() {
  local before
  for way in recursive named plumbing refresh; do
    case $way in
      recursive) run --separate-stderr on laptop dev-infra register --recursive "$1" ;;
      named) run --separate-stderr on laptop dev-infra register "$1/evil" ;;
      plumbing) run --separate-stderr on laptop sh -c "dev-infra-hash-project -w --index-info '$1/evil' >records && dev-infra-update-registry --index-info -m evil <records" ;;
      refresh) run --separate-stderr on laptop dev-infra refresh ;;
    esac
    refute_crash
    before=$stderr
    unharmed || explain "after $way" || return
    stderr=$before
    # What the search says is a warning, and the rest of the tree is registered.
    if [ "$way" = recursive ]; then
      [ "$status" -eq 0 ] || explain 'a search fails where a repository pretends to be another'
      found=$stderr
    fi
  done
}

@test "the same URL, another name, other metadata, and a path that sorts first" {
  project laptop aaa/evil https://github.com/acme/app.git other
  printf 'name: evil\ndescription: mine\nstatus: archived\n' >laptop/aaa/evil/.dev-infra.yml
  git -C laptop/aaa/evil add -A
  commit_in laptop/aaa/evil more
  git -C laptop/aaa/evil remote add second https://evil.example/x.git
  each_way aaa
  holds "$found" "$WORLD/laptop/aaa/evil is another clone of 'app' ($APP)"
  # With the known one gone it is the project: that is how one moves.
  rm -rf "$APP"
  succeeds on laptop dev-infra register aaa/evil
  equal "$(on laptop dev-infra path "$ID")" "$WORLD/laptop/aaa/evil"
}

@test "the same URL in another spelling does not change the project's" {
  project laptop aaa/evil git@github.com:ACME/app other
  each_way aaa
}

@test "a remote with another URL, in what has the project's URL as another remote, and an upstream" {
  project laptop aaa/evil https://evil.example/app.git app
  git -C laptop/aaa/evil remote add upstream https://github.com/acme/app.git
  each_way aaa
}

@test "the id that another project declared" {
  project laptop aaa/evil
  printf 'id: app-of-acme\nname: evil\n' >laptop/aaa/evil/.dev-infra.yml
  git -C laptop/aaa/evil add -A
  commit_in laptop/aaa/evil more
  each_way aaa
  holds "$found" "the id 'app-of-acme' of another project, 'app' ($APP)"
  # Without a commit and without a remote nothing speaks against it, and yet.
  rm -rf laptop/aaa/evil/.git
  run --separate-stderr on laptop dev-infra register aaa/evil
  assert_stderr_has "the id 'app-of-acme' of another project, 'app' ($APP)"
  unharmed
}

@test "the id and a copied history" {
  git clone -q "$APP" laptop/aaa/evil
  git -C laptop/aaa/evil remote set-url origin https://evil.example/app.git
  printf 'id: app-of-acme\nname: evil\n' >laptop/aaa/evil/.dev-infra.yml
  each_way aaa
  git -C laptop/aaa/evil remote remove origin
  each_way aaa
}

@test "a .dev-infra.yml that is a link out of its work tree is not read, and one within it is, also to be changed" {
  local target
  printf 'name: private\ndescription: private words\n' >laptop/private.yml
  project laptop aaa/evil
  for target in "$WORLD/laptop/private.yml" ../../private.yml ../../../laptop/private.yml .git/description; do
    ln -sfn "$target" laptop/aaa/evil/.dev-infra.yml
    runs 1 on laptop dev-infra register aaa/evil
    assert_stderr_has 'a link that leads out of the work tree'
    runs 1 on laptop dev-infra register --recursive aaa
    assert_stderr_has 'a link that leads out of the work tree'
    quietly on laptop dev-infra list --all
    refute_output_has 'private'
  done
  mkdir laptop/aaa/evil/shared
  printf 'name: kept # here\n' >laptop/aaa/evil/shared/meta
  ln -sfn shared/meta laptop/aaa/evil/.dev-infra.yml
  succeeds on laptop dev-infra register aaa/evil
  succeeds on laptop dev-infra set kept name=changed
  [ -L laptop/aaa/evil/.dev-infra.yml ]
  equal "$(cat laptop/aaa/evil/shared/meta)" 'name: changed # here'
  # The file's directory may be a link as well.
  mkdir laptop/aaa/evil/part
  printf 'name: part\n' >laptop/aaa/evil/part/.dev-infra.yml
  succeeds on laptop dev-infra register aaa/evil/part
  mkdir laptop/other
  printf 'name: part\ndescription: old\n' >laptop/other/.dev-infra.yml
  rm -r laptop/aaa/evil/part
  ln -s ../../other laptop/aaa/evil/part
  runs 128 on laptop dev-infra set part description=new
  assert_stderr_has 'a link that leads out of the work tree'
  equal "$(cat laptop/other/.dev-infra.yml)" $'name: part\ndescription: old'
  rm laptop/aaa/evil/part
  # A project that is registered, and whose file becomes such a link.
  ln -sfn ../../private.yml laptop/aaa/evil/.dev-infra.yml
  runs 1 on laptop dev-infra refresh
  assert_stderr_has 'a link that leads out of the work tree'
  runs 128 on laptop dev-infra set changed name=other
  assert_stderr_has 'a link that leads out of the work tree'
  equal "$(head -n 1 laptop/private.yml)" 'name: private'
}

@test "a .git file that leads to the project's repository" {
  mkdir -p laptop/aaa/evil
  printf 'gitdir: %s/.git\n' "$APP" >laptop/aaa/evil/.git
  printf 'name: evil\n' >laptop/aaa/evil/.dev-infra.yml
  each_way aaa
  holds "$found" "$WORLD/laptop/aaa/evil/.git leads to $APP/.git, whose work tree is $APP"
  equal "$(names_of laptop --all)" app
}

@test "a .git link that leads to the project's repository" {
  mkdir -p laptop/aaa/evil
  ln -s "$APP/.git" laptop/aaa/evil/.git
  printf 'name: evil\n' >laptop/aaa/evil/.dev-infra.yml
  each_way aaa
  holds "$found" "$WORLD/laptop/aaa/evil/.git leads to $APP/.git, whose work tree is $APP"
  equal "$(names_of laptop --all)" app
}

@test "a work tree of jj whose store is the project's repository, or is in the project's own" {
  # jj makes such beside a repository that is there, and for each workspace: it is one more work tree, and speaks for nothing.
  mkdir -p laptop/aaa/evil/.jj/repo/store
  printf '%s/.git' "$APP" >laptop/aaa/evil/.jj/repo/store/git_target
  printf 'name: evil\nid: app-of-acme\ndescription: mine\n' >laptop/aaa/evil/.dev-infra.yml
  each_way aaa
  mkdir -p laptop/bbb/evil/.jj
  printf '%s/laptop/aaa/evil/.jj/repo' "$WORLD" >laptop/bbb/evil/.jj/repo
  printf 'name: evil\n' >laptop/bbb/evil/.dev-infra.yml
  each_way bbb
  mkdir -p laptop/ccc/evil/.jj/repo/store
  ln -s "$APP/.git" laptop/ccc/evil/.jj/repo/store/git
  printf git >laptop/ccc/evil/.jj/repo/store/git_target
  each_way ccc
  equal "$(names_of laptop --all)" app
}

@test "core.worktree that points at the project, or at a directory that is not a repository" {
  project laptop aaa/evil https://evil.example/x.git
  git -C laptop/aaa/evil config core.worktree "$APP"
  each_way aaa
  holds "$found" "$WORLD/laptop/aaa/evil/.git"
  holds "$found" "$APP"
  equal "$(names_of laptop --all)" app
  git -C laptop/aaa/evil config core.worktree "$WORLD/laptop"
  each_way aaa
  equal "$(names_of laptop --all)" app
}

@test "a .git file that leads to a linked worktree of the project, or to its submodule's repository" {
  git -C "$APP" worktree add -q ../tree
  project laptop part https://github.com/acme/part.git
  git -C "$APP" -c protocol.file.allow=always submodule --quiet add "$WORLD/laptop/part" part
  on laptop dev-infra register --quiet src/tree src/app/part
  ENTRY=$(on laptop dev-infra-cat-project app)
  local part
  part=$(on laptop dev-infra-cat-project src/app/part)
  mkdir -p laptop/aaa/evil
  printf 'name: evil\n' >laptop/aaa/evil/.dev-infra.yml
  printf 'gitdir: %s/.git/worktrees/tree\n' "$APP" >laptop/aaa/evil/.git
  each_way aaa
  printf 'gitdir: %s/.git/modules/part\n' "$APP" >laptop/aaa/evil/.git
  each_way aaa
  equal "$(on laptop dev-infra-cat-project src/app/part)" "$part"
  equal "$(on laptop dev-infra path src/app/part)" "$APP/part"
}

@test "a git directory that borrows the project's by commondir" {
  mkdir -p laptop/aaa/evil/.git
  printf 'ref: refs/heads/main\n' >laptop/aaa/evil/.git/HEAD
  printf '%s/.git\n' "$APP" >laptop/aaa/evil/.git/commondir
  printf '%s/.git\n' "$WORLD/laptop/aaa/evil" >laptop/aaa/evil/.git/gitdir
  printf 'name: evil\n' >laptop/aaa/evil/.dev-infra.yml
  each_way aaa
  equal "$(names_of laptop --all)" app
}

@test "two directories of one separate git directory: the known one counts" {
  on laptop git init -q --separate-git-dir=store src/lib
  commit_in laptop/src/lib start
  on laptop dev-infra register --quiet src/lib
  mkdir -p laptop/aaa/evil
  printf 'gitdir: %s/laptop/store\n' "$WORLD" >laptop/aaa/evil/.git
  printf 'name: evil\n' >laptop/aaa/evil/.dev-infra.yml
  each_way aaa
  equal "$(on laptop dev-infra path lib)" "$WORLD/laptop/src/lib"
  holds "$found" "the repository of 'lib' ($WORLD/laptop/src/lib)"
  equal "$(names_of laptop --all)" 'app lib'
}

@test "what is legitimate stays: a second clone, a linked worktree, a moved directory" {
  git clone -q "$APP" laptop/aaa/clone
  git -C laptop/aaa/clone remote set-url origin https://github.com/acme/app.git
  git -C "$APP" worktree add -q "$WORLD/laptop/aaa/tree"
  quietly on laptop dev-infra register aaa/clone aaa/tree
  unharmed
  equal "$(on laptop dev-infra-ls-projects --format='%(paths)')" "$APP,$WORLD/laptop/aaa/clone,$WORLD/laptop/aaa/tree"
  before=$(main_of laptop)
  quietly on laptop dev-infra register --quiet --recursive .
  quietly on laptop dev-infra refresh
  equal "$(main_of laptop)" "$before" 'registered again'
  # Its own metadata still counts.
  printf 'id: app-of-acme\nname: better\n' >"$APP/.dev-infra.yml"
  runs 0 on laptop dev-infra refresh --quiet "$ID"
  equal "$stderr" "warning: $WORLD/laptop/aaa/clone is another clone of 'better' ($APP); what its .dev-infra.yml declares is not used"
  equal "$(field laptop "$ID" name)" '"better"'
  rm -rf laptop/aaa
  git -C "$APP" worktree prune
  mv "$APP" laptop/src/moved
  succeeds on laptop dev-infra refresh
  equal "$(on laptop dev-infra path "$ID")" "$WORLD/laptop/src/moved"
}

@test "a setting goes to the metadata file of the project, and not to a stranger's" {
  project laptop aaa/evil https://github.com/acme/app.git other
  printf 'name: evil\n' >laptop/aaa/evil/.dev-infra.yml
  on laptop dev-infra register --quiet aaa/evil
  succeeds on laptop dev-infra set "$ID" name=better
  equal "$(cat laptop/aaa/evil/.dev-infra.yml)" 'name: evil'
  equal "$(field laptop "$ID" name)" '"better"'
  holds "$(cat "$APP/.dev-infra.yml")" 'name: better'
}
