#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What a person removed stays away from all that is automatic, and comes back whole where a person names it.

load helper

setup() {
  begin
  machine desk
  machine lap
  bare_remote registry
  project desk p https://h.example/p
  project lap work/p-laptop https://h.example/p p
  on desk dev-infra init --name desk "$REMOTE"
  on desk dev-infra register --quiet p
  succeeds on desk dev-infra set p tags=x,y description=z
  succeeds on desk dev-infra sync
  on lap dev-infra init --name lap "$REMOTE"
  on lap dev-infra register --quiet work/p-laptop
  succeeds on lap dev-infra sync
  succeeds on desk dev-infra pull
  ID=$(id_of desk p)
}

hook() { (cd "$WORLD/$1/$2" && HOME=$WORLD/$1 dev-infra-hook-register); }

# removed: the project is taken out on the desk, and both know it.
removed() {
  succeeds on desk dev-infra rm p
  succeeds on desk dev-infra sync
  succeeds on lap dev-infra sync
  equal "$(names_of lap --all)" ''
}

@test "not by a hook, a search or a refresh, on any machine" {
  removed
  for machine in desk lap; do
    before=$(main_of "$machine")
    case $machine in desk) hook desk p ;; lap) hook lap work/p-laptop ;; esac
    runs 0 on "$machine" dev-infra register --recursive .
    assert_stderr_has "'p' was removed from the registry"
    assert_stderr_has 'brings it back'
    quietly on "$machine" dev-infra refresh
    equal "$(main_of "$machine")" "$before"
    succeeds on "$machine" dev-infra sync
    equal "$(names_of "$machine" --all)" ''
  done
}

@test "where it was moved, or given another remote, since" {
  removed
  mv lap/work lap/elsewhere
  hook lap elsewhere/p-laptop
  equal "$(names_of lap --all)" ''
  mv lap/elsewhere lap/work
  git -C lap/work/p-laptop remote set-url origin https://other.example/p
  hook lap work/p-laptop
  equal "$(names_of lap --all)" ''
}

@test "by name it comes back, with what was known of it, everywhere" {
  removed
  succeeds on lap dev-infra register work/p-laptop
  assert_output "registered p ($WORLD/lap/work/p-laptop)"
  equal "$(id_of lap p)" "$ID"
  equal "$(on lap dev-infra-cat-project p | jq -c '[.tags, .description]')" '[["x","y"],"z"]'
  succeeds on lap dev-infra sync
  succeeds on desk dev-infra sync
  equal "$(on desk dev-infra-cat-project p | jq -c '[.tags, .description]')" '[["x","y"],"z"]'
  hook desk p
  equal "$(names_of desk)" p
  # And may be removed again.
  succeeds on lap dev-infra rm p
  succeeds on lap dev-infra sync
  succeeds on desk dev-infra sync
  hook desk p
  equal "$(names_of desk --all)" ''
  sound desk
  sound lap
}

@test "a removal beside what a machine read by itself holds; beside what a person said it gives way" {
  succeeds on desk dev-infra rm p
  git -C lap/work/p-laptop remote set-url origin git@h.example:p.git
  quietly on lap dev-infra refresh
  succeeds on desk dev-infra sync
  succeeds on lap dev-infra sync
  succeeds on desk dev-infra sync
  equal "$(names_of desk --all) $(names_of lap --all)" ' '
  succeeds on lap dev-infra register work/p-laptop
  succeeds on lap dev-infra sync
  succeeds on desk dev-infra sync
  succeeds on desk dev-infra rm p
  succeeds on lap dev-infra set p name=better
  succeeds on desk dev-infra sync
  succeeds on lap dev-infra sync
  succeeds on desk dev-infra sync
  equal "$(names_of desk --all)" better
}

@test "a part is removed for itself, and a copy of a starter is not taken for another that was removed" {
  project desk mono https://h.example/mono
  mkdir desk/mono/part
  echo 'name: part' >desk/mono/part/.dev-infra.yml
  git -C desk/mono add .
  commit_in desk/mono part
  project desk one '' starter
  on desk dev-infra register --quiet --recursive mono one
  equal "$(names_of desk)" 'mono one p part'
  succeeds on desk dev-infra rm part one
  project desk two '' starter
  succeeds on desk dev-infra register --recursive mono
  assert_stderr_has "'part' was removed from the registry"
  hook desk two
  hook desk one
  equal "$(names_of desk)" 'mono p two'
  quietly on desk dev-infra register one mono/part
  equal "$(names_of desk)" 'mono one p part two'
}

@test "a part that is moved within its repository after its removal stays removed, and comes back by name" {
  local mono part
  for mono in one two; do
    part=part-of-$mono
    # With a remote and without one.
    project desk "$mono" "$([ "$mono" = two ] || echo https://h.example/mono)"
    mkdir -p "desk/$mono/part" "desk/$mono/packages"
    echo "name: $part" >"desk/$mono/part/.dev-infra.yml"
    git -C "desk/$mono" add .
    commit_in "desk/$mono" part
    on desk dev-infra register --quiet --recursive "$mono"
    succeeds on desk dev-infra rm "$part"
    git -C "desk/$mono" mv part packages/part
    commit_in "desk/$mono" moved
    succeeds on desk dev-infra register --recursive "$mono"
    assert_stderr_has "'$part' was removed from the registry"
    succeeds on desk dev-infra register "$mono/packages/part"
    holds "$(names_of desk)" "$part"
  done
}

@test "the cache of what was removed is derived: damaged or gone, it is made again" {
  removed
  hook lap work/p-laptop
  [ -s lap/.dev-infra/cache/removed/list ]
  for content in '' 'rubbish' "dev-infra-removed 2 $(printf '%040d' 1)"; do
    printf '%s\n' "$content" >lap/.dev-infra/cache/removed/list
    hook lap work/p-laptop
    equal "$(names_of lap --all)" '' "$content"
  done
  rm lap/.dev-infra/cache/removed/list
  hook lap work/p-laptop
  equal "$(names_of lap --all)" ''
  succeeds on lap dev-infra undo
}

@test "what was forgotten is not a removal, nor is what two entries were made one" {
  succeeds on desk dev-infra forget p
  hook desk p
  equal "$(names_of desk)" p
}

@test "a registration that was taken back is not a removal, but what was removed before it is" {
  git init -q desk/src/one
  git init -q desk/src/two
  for _ in 1 2; do
    quietly on desk dev-infra register --quiet --recursive src
    equal "$(names_of desk)" 'one p two'
    succeeds on desk dev-infra undo
    equal "$(names_of desk)" p
  done
  # Nor on another machine, that hears of it.
  succeeds on desk dev-infra register --quiet --recursive src
  succeeds on desk dev-infra undo
  succeeds on desk dev-infra sync
  succeeds on lap dev-infra sync
  removed
  succeeds on desk dev-infra register p
  succeeds on desk dev-infra undo
  runs 0 on desk dev-infra register --recursive p
  assert_stderr_has "'p' was removed from the registry"
  # A removal that was taken back and done again is one.
  succeeds on desk dev-infra register p
  succeeds on desk dev-infra rm p
  succeeds on desk dev-infra undo
  succeeds on desk dev-infra undo "$(main_of desk)"
  runs 0 on desk dev-infra register --recursive p
  assert_stderr_has "'p' was removed from the registry"
}
