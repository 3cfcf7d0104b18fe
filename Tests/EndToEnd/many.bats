#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# Commands of many projects, and filters.

load helper

setup() {
  begin
  machine laptop
  runs 0 on laptop dev-infra init
}

@test "set changes many projects by one commit, or none" {
  local before file
  project laptop src/a
  project laptop src/b
  project laptop src/c
  printf 'status: active\n' >"$WORLD/laptop/src/c/.dev-infra.yml"
  quietly on laptop dev-infra register src/a src/b src/c
  before=$(commits_of laptop)
  quietly on laptop dev-infra set a status=paused b tags+=x c
  assert_output "changed $WORLD/laptop/src/c/.dev-infra.yml
changed a
changed b
changed c"
  equal "$(commits_of laptop)" $((before + 1))
  for file in a b c; do equal "$(field laptop "$file" status) $(field laptop "$file" tags | tr -d ' \n')" '"paused" ["x"]'; done
  equal "$(cat "$WORLD/laptop/src/c/.dev-infra.yml")" 'status: paused'
  # One that is missing, a value that cannot be: nothing is changed, nor any file.
  refuses 1 nosuch on laptop dev-infra set a nosuch c status=active
  equal "$(cat "$WORLD/laptop/src/c/.dev-infra.yml")" 'status: paused'
  refuses 129 nonsense on laptop dev-infra set a b status=nonsense
  refuses 129 'set what' on laptop dev-infra set a b
  refuses 129 'which project' on laptop dev-infra set status=active
  # The same again changes nothing, and one named twice is one.
  quietly on laptop dev-infra set a a status=paused
  assert_output 'unchanged a'
  equal "$(commits_of laptop)" $((before + 1))
  sound laptop
}

@test "set takes names with = or a dash behind --, and projects from standard input" {
  project laptop 'src/a=b'
  project laptop src/-c
  project laptop src/d
  quietly on laptop dev-infra register 'src/a=b' ./src/-c src/d
  quietly on laptop dev-infra set status=paused d -- 'a=b' -c
  equal "$(names_of laptop --status paused)" '-c a=b d'
  quietly on laptop dev-infra set -- 'a=b' status=active
  quietly on laptop dev-infra set -- -c status=active
  equal "$(names_of laptop --status paused)" d
  quietly pipeline laptop 'printf "%s\0" "a=b" -c | dev-infra set -z --stdin tags+=y'
  equal "$(names_of laptop --tag y)" '-c a=b'
  quietly pipeline laptop 'dev-infra-ls-projects -z --format="%(id)" --tag y | dev-infra set -z --stdin d tags+=z'
  equal "$(names_of laptop --tag z)" '-c a=b d'
  quietly on laptop sh -c 'dev-infra set --stdin status=paused </dev/null'
  assert_output ''
}

@test "rm, forget, show and path take many, also from standard input" {
  local before
  project laptop src/a
  project laptop src/b
  project laptop src/c
  project laptop src/d
  quietly on laptop dev-infra register src/a src/b src/c src/d
  before=$(commits_of laptop)
  quietly pipeline laptop 'printf "a\nb\n" | dev-infra path --stdin c'
  assert_output "$WORLD/laptop/src/c
$WORLD/laptop/src/a
$WORLD/laptop/src/b"
  quietly pipeline laptop 'printf "a\0" | dev-infra show --json -z --stdin b | jq -r .project.name'
  assert_output 'b
a'
  quietly pipeline laptop 'printf "a\n" | dev-infra forget --stdin b'
  equal "$(names_of laptop) / $(names_of laptop --all)" 'c d / a b c d'
  quietly pipeline laptop 'printf "a\0b\0" | dev-infra rm -z --stdin c'
  equal "$(names_of laptop --all)" d
  equal "$(commits_of laptop)" $((before + 2))
  for command in rm forget show path; do refuses 129 'which project' on laptop dev-infra $command; done
}

@test "a filter that is repeated takes what any of them takes" {
  project laptop src/a
  project laptop src/b
  project laptop src/c
  quietly on laptop dev-infra register src/a src/b src/c
  quietly on laptop dev-infra set a status=paused project_type=Work organization=acme classification=primary tags=x,y
  quietly on laptop dev-infra set b status=completed project_type=Learning organization=globex classification=archive tags=x
  equal "$(names_of laptop --status paused --status completed)" 'a b'
  equal "$(names_of laptop --type Work --type Learning)" 'a b'
  equal "$(names_of laptop --organization acme --organization globex)" 'a b'
  equal "$(names_of laptop --classification primary --classification archive)" 'a b'
  equal "$(names_of laptop --machine "$(on laptop dev-infra config dev-infra.name)" --machine nosuch)" 'a b c'
  equal "$(names_of laptop --status paused --status completed --type Work)" a
  equal "$(names_of laptop --tag x --tag y)" 'a b'
  equal "$(names_of laptop --tag y --tag nosuch)" a
  equal "$(names_of laptop --where 'tag:x && tag:y')" a
  quietly on laptop dev-infra list --status paused --status active
  [ "${#lines[@]}" -eq 2 ] || explain 'two lines'
  refuses 129 nonsense on laptop dev-infra list --status paused --status nonsense
}
