#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# A registry with two remotes, as people have a host and a disk at home. Each machine merges what the other has merged before, so that
# two commits have several best common ancestors, and what a machine forgets at one remote is still at the other.

load helper

setup() {
  begin
  machine laptop
  app_and_lib
  bare_remote backup
  succeeds on laptop dev-infra remote add backup "$REMOTE"
  with_origin
  succeeds on laptop dev-infra push origin
  succeeds on laptop dev-infra push backup
  joined desktop
  succeeds on desktop dev-infra remote add backup "$WORLD/forge/backup.git"
}

# bases: how many best common ancestors laptop's main and what it has fetched from backup have.
bases() { git --git-dir="$(registry_of laptop)" merge-base --all main refs/remotes/backup/main | wc -l; }

@test "what was changed knowing both sides is taken, whichever of two merge bases git finds first" {
  local name
  crossed laptop desktop
  for name in app lib; do succeeds on desktop dev-infra set "$name" description=two; done
  # Later, and of something else: the entries of laptop are the younger ones.
  for name in app lib; do succeeds on laptop dev-infra set "$name" status=paused; done
  succeeds on desktop dev-infra push backup
  succeeds on laptop dev-infra fetch backup
  equal "$(bases)" 2 'the best common ancestors'
  quietly on laptop dev-infra pull backup
  for name in app lib; do
    equal "$(field laptop "$name" description)" '"two"' "$name"
    equal "$(field laptop "$name" status)" '"paused"' "$name"
  done
  succeeds on laptop dev-infra push backup
  quietly on desktop dev-infra pull backup
  equal "$(tree_of desktop)" "$(tree_of laptop)" 'the trees'
  # What the bases were merged in is in nobody's history.
  equal "$(git --git-dir="$(registry_of laptop)" log --format=%s main | grep -c 'Merge bases' || :)" 0
  sound laptop desktop
}

@test "what two machines decided differently is a conflict once more, is told, and ends alike" {
  crossed laptop desktop
  # Both describe the template of app, and each has the other's decided for its own.
  succeeds on laptop dev-infra set app template=ours
  succeeds on desktop dev-infra set app template=theirs
  succeeds on laptop dev-infra push origin
  succeeds on desktop dev-infra push backup
  succeeds on laptop dev-infra pull --strategy ours backup
  succeeds on desktop dev-infra pull --strategy ours origin
  equal "$(field laptop app template)" '"ours"'
  equal "$(field desktop app template)" '"theirs"'
  succeeds on desktop dev-infra push backup
  succeeds on laptop dev-infra pull backup
  assert_stderr_line 'app: template is "ours" here and "theirs" in '
  succeeds on laptop dev-infra push backup
  succeeds on laptop dev-infra push origin
  succeeds on desktop dev-infra pull backup
  quietly on desktop dev-infra pull origin
  equal "$(tree_of desktop)" "$(tree_of laptop)" 'the trees'
  for _ in 1 2; do
    quietly on laptop dev-infra pull origin
    quietly on desktop dev-infra pull backup
  done
  equal "$(tree_of desktop)" "$(tree_of laptop)" 'the trees'
}

@test "what was taken out comes back from no remote that still has it" {
  succeeds on laptop dev-infra set app tags=old
  succeeds on laptop dev-infra push backup
  succeeds on laptop dev-infra set app tags=
  # All that laptop has besides is in what desktop sends, but for the time at which it was written.
  succeeds on desktop dev-infra set app description=later
  succeeds on desktop dev-infra push origin
  succeeds on laptop dev-infra pull origin
  equal "$(field laptop app tags)" null
  succeeds on laptop dev-infra pull backup
  equal "$(field laptop app tags)" null
  equal "$(field laptop app description)" '"later"'
  succeeds on laptop dev-infra push backup
  succeeds on desktop dev-infra pull backup
  equal "$(field desktop app tags)" null
}

@test "bases that hold what a registry cannot hold are merged as far as that goes" {
  local name tree commit
  crossed laptop desktop
  # A commit of somebody who knows both sides, with a submodule and a name that git refuses.
  for name in registry backup; do
    tree=$({
      git --git-dir="$WORLD/forge/$name.git" ls-tree main 2>/dev/null
      printf '160000 commit %040d\tsub\n100755 blob %s\t.git\n' 7 "$(git --git-dir="$WORLD/forge/$name.git" hash-object -w --stdin <<<x)"
    } | git --git-dir="$WORLD/forge/$name.git" mktree)
    commit=$(git --git-dir="$WORLD/forge/$name.git" -c user.name=x -c user.email=x@y commit-tree -p main -m x "$tree")
    git --git-dir="$WORLD/forge/$name.git" update-ref refs/heads/main "$commit"
  done
  succeeds on laptop dev-infra pull origin
  succeeds on laptop dev-infra pull backup
  succeeds on desktop dev-infra pull backup
  succeeds on desktop dev-infra pull origin
  succeeds on laptop dev-infra set app status=paused
  succeeds on desktop dev-infra set app description=two
  succeeds on desktop dev-infra set lib description=two
  succeeds on desktop dev-infra push backup
  succeeds on laptop dev-infra fetch backup
  equal "$(bases)" 2 'the best common ancestors'
  succeeds on laptop dev-infra pull backup
  equal "$(field laptop app description)" '"two"'
  equal "$(field laptop app status)" '"paused"'
  equal "$(field laptop lib description)" '"two"'
}
