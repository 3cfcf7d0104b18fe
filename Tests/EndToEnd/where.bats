#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output, stderr and status are set by bats' run
# Choosing projects, as dev-infra-where(7) says it: the same words, filters and conditions in every command of many.

load helper

setup() {
  begin
  machine laptop
  runs 0 on laptop dev-infra init
  project laptop src/api https://github.com/acme/api.git
  project laptop src/web https://github.com/acme/web.git
  project laptop src/tool
  project laptop src/old
  quietly on laptop dev-infra register --quiet src/api src/web src/tool src/old
  quietly on laptop dev-infra set api tags=work,go status=paused
  quietly on laptop dev-infra set web tags=work description='The shop (beta) & more'
  quietly on laptop dev-infra set old project_type=Inactive
  quietly on laptop dev-infra forget old
}

@test "a condition chooses by fields, in every command of many" {
  local before
  equal "$(names_of laptop --where 'tag:work && !status:paused')" web
  equal "$(names_of laptop --where 'tag:go || has:description')" 'api web'
  equal "$(names_of laptop --where "description:'*(beta) & more'")" web
  equal "$(names_of laptop --all --where '!here')" old
  equal "$(names_of laptop --where 'path:~/src/t*')" tool
  equal "$(names_of laptop --where 'remote:github.com/acme/*' --where 'name!=api')" web
  equal "$(names_of laptop --where 'updated<1h && created<=2024-05-01')" 'api tool web'
  equal "$(on laptop dev-infra list --where tag:go | cut -f 1)" api
  equal "$(on laptop dev-infra path --where tag:go)" "$WORLD/laptop/src/api"
  equal "$(on laptop dev-infra show --json --where tag:work | jq -r .project.name | paste -s -d ' ')" 'api web'
  quietly on laptop dev-infra refresh --where tag:work
  assert_output ''
  before=$(commits_of laptop)
  quietly on laptop dev-infra set --where tag:work classification=archive
  assert_output 'changed api
changed web'
  equal "$(commits_of laptop)" $((before + 1))
  succeeds on laptop dev-infra undo
  equal "$(names_of laptop --classification archive)" ''
  quietly on laptop dev-infra forget --where '!tag:work'
  assert_output 'forgot tool'
  quietly on laptop dev-infra rm --all --where '!here'
  assert_output 'removed old
removed tool'
  equal "$(names_of laptop --all)" 'api web'
  sound laptop
}

@test "a condition chooses by the state of working trees, and reads only those that it needs" {
  printf 'new\n' >"$WORLD/laptop/src/tool/file"
  equal "$(names_of laptop --where untracked)" tool
  equal "$(names_of laptop --where 'dirty || untracked')" tool
  git -C "$WORLD/laptop/src/tool" add file
  equal "$(names_of laptop --where 'staged && dirty && staged>=1 && staged<2 && noremote')" tool
  equal "$(names_of laptop --where '!dirty')" 'api web'
  git -C "$WORLD/laptop/src/web" checkout -q --detach
  equal "$(names_of laptop --where detached) $(names_of laptop --where 'branch:ma*')" 'web api tool'
  equal "$(names_of laptop --where 'last_commit<2024-06 && last_commit>5d && !has:last_fetch')" 'api tool web'
  equal "$(names_of laptop --where 'unpushed && branch:main')" 'api tool'
  mv "$WORLD/laptop/src/web" "$WORLD/laptop/src/gone"
  equal "$(names_of laptop --where missing)" web
  # One that cannot be read is left out, whichever way it is asked, and said.
  rm "$WORLD/laptop/src/api/.git/HEAD"
  runs 0 on laptop dev-infra-ls-projects --format='%(name)' --where '!dirty'
  assert_output web
  [[ $stderr == *'warning: the state of '*'src/api is not known: '* ]] || explain 'the warning'
  runs 1 on laptop dev-infra rm --where '!dirty && name:api'
  [[ $stderr == *'no project on this machine is what the options ask for'* ]] || explain 'nothing is chosen'
  # What the fields decide needs no working tree.
  DEV_INFRA_TRACE=$WORLD/trace quietly on laptop dev-infra list --where 'tag:work || name:t* && dirty'
  grep -q ls-state "$WORLD/trace" || explain 'the state of one is read'
  rm "$WORLD/trace"
  DEV_INFRA_TRACE=$WORLD/trace quietly on laptop dev-infra list --where 'tag:work || here && name:tool || dirty'
  equal "$(grep -c ls-state "$WORLD/trace" || true)" 0
}

@test "what is wrong with a condition is marked at its place" {
  refuses 129 'did you mean' on laptop dev-infra list --where 'tag:work && stauts:paused'
  equal "$(head -3 <<<"$stderr")" "error: in --where: there is no field or word 'stauts'; did you mean 'status'?
  tag:work && stauts:paused
              ^~~~~~"
  local command
  for command in rm forget show path refresh ls-projects list; do
    refuses 129 'this parenthesis is not closed' on laptop dev-infra $command --where '(dirty'
  done
  refuses 129 'stands where && or || is expected' on laptop dev-infra set --where 'dirty ahead' status=active
  refuses 129 'the condition is empty' on laptop dev-infra rm --where ''
  refuses 129 'is never' on laptop dev-infra list --where 'status:pausd'
  refuses 129 'minutes or months' on laptop dev-infra list --where 'updated<3m'
  refuses 129 'longer than 4096 bytes' on laptop dev-infra list --where "$(printf '%5000s' x)"
  refuses 129 'nested deeper' on laptop dev-infra list --where "$(printf '(%.0s' {1..1000})"
  # Nothing in it steers the terminal.
  refuses 129 '\033' on laptop dev-infra list --where $'dirty && \033[2J'
  [[ $stderr != *$'\033'* ]] || explain 'an escape'
}

@test "a condition is saved in the configuration" {
  succeeds on laptop dev-infra config dev-infra.where.open 'tag:work && !status:paused'
  equal "$(names_of laptop --where @open)" web
  equal "$(names_of laptop --where '!@OPEN && here')" 'api tool'
  succeeds on laptop dev-infra config dev-infra.where.nested '@open || @tools'
  succeeds on laptop dev-infra config dev-infra.where.tools 'name:tool'
  equal "$(names_of laptop --where @nested)" 'tool web'
  equal "$(on laptop dev-infra -c dev-infra.where.open=tag:go ls-projects --format='%(name)' --where @open)" api
  refuses 129 "no condition is saved as 'nosuch'" on laptop dev-infra list --where @nosuch
  refuses 129 "no condition is saved as 'a_b'" on laptop dev-infra list --where @a_b
  succeeds on laptop dev-infra config dev-infra.where.loop '!@loop'
  refuses 128 'asks for itself' on laptop dev-infra list --where @loop
  succeeds on laptop dev-infra config dev-infra.where.tools 'name:tool &&'
  refuses 128 'reading the condition dev-infra.where.tools failed' on laptop dev-infra list --where @nested
}

@test "words are projects or globs, and filters narrow them" {
  equal "$(names_of laptop acme/api)" api
  equal "$(names_of laptop git@github.com:acme/web.git 'T*')" 'tool web'
  equal "$(names_of laptop "$(id_of laptop api)")" api
  equal "$(on laptop dev-infra path 'w*' acme/api)" "$WORLD/laptop/src/web
$WORLD/laptop/src/api"
  quietly on laptop dev-infra set -n api web tool --tag go status=active
  assert_output 'would change api'
  refuses 1 'none is what the options ask for' on laptop dev-infra rm web --tag go
  refuses 1 "matches 'z*'" on laptop dev-infra rm 'z*' api
  # One that is named is found wherever it is; globs and filters choose what is here.
  equal "$(on laptop dev-infra rm -n old)" 'would remove old'
  refuses 1 "matches 'o*'" on laptop dev-infra rm 'o*'
  equal "$(on laptop dev-infra rm -n --all 'o*')" 'would remove old'
  equal "$(pipeline laptop 'printf "web\napi\n" | dev-infra list --stdin --tag go' | cut -f 1)" api
  equal "$(pipeline laptop 'printf "web\0" | dev-infra ls-projects -z --stdin --format="%(name)"' | tr '\0' .)" web.
  # A name with the characters of a glob is that project, and from standard input never anything else.
  project laptop 'src/w*'
  succeeds on laptop dev-infra register 'src/w*'
  equal "$(on laptop dev-infra rm -n 'w*')" 'would remove w*'
  succeeds on laptop dev-infra rm 'w*'
  equal "$(on laptop dev-infra rm -n 'w*')" 'would remove web'
  refuses 1 "known by 'w*'" pipeline laptop "printf 'w*\n' | dev-infra rm --stdin"
}

@test "nothing is changed for want of a filter, nor in a dry run" {
  local before command
  before=$(main_of laptop)
  for command in rm forget 'set status=paused'; do
    # shellcheck disable=SC2086 # several words
    refuses 129 '--all' on laptop dev-infra $command
  done
  for command in 'rm -n' 'rm --dry-run' 'forget -n'; do
    # shellcheck disable=SC2086 # several words
    quietly on laptop dev-infra $command --all
    [[ $output == *would*api*web* ]] || explain "$command"
  done
  quietly on laptop dev-infra set -n --all status=paused
  assert_output 'would change old
would change tool
would change web'
  refuses 1 'not on this machine' on laptop dev-infra forget -n old
  refuses 1 'no project' on laptop dev-infra rm --tag nosuch
  quietly pipeline laptop 'dev-infra rm --stdin </dev/null'
  assert_output ''
  equal "$(main_of laptop)" "$before"
  quietly on laptop dev-infra rm --all
  equal "$(names_of laptop --all)" ''
  succeeds on laptop dev-infra undo
  equal "$(names_of laptop --all)" 'api old tool web'
}

@test "log shows the changes of many projects, and of filters" {
  log() { on laptop dev-infra log "$@" | grep -cE '^[0-9a-f]{7,} '; }
  equal "$(log api) $(log web) $(log api web) $(log api api)" '2 2 3 2'
  equal "$(log 'a*' acme/web)" 3
  equal "$(log --tag go) $(log --where 'tag:work') $(log --status paused --status active --tag go)" '2 3 2'
  equal "$(log --all --where '!here')" 3
  equal "$(log api web --tag go)" 2
  equal "$(on laptop dev-infra log --json -2 --tag work | wc -l)" 2
  equal "$(pipeline laptop 'printf "web\n" | dev-infra log --stdin | grep -cE "^[0-9a-f]{7,} "')" 2
  equal "$(pipeline laptop 'printf "web\0api\0" | dev-infra log -z --stdin | grep -cE "^[0-9a-f]{7,} "')" 3
  # Of a change of many only the lines of those that are asked for.
  quietly on laptop dev-infra log api web
  [[ $output == *'- api ('*'- web ('* || $output == *'- web ('*'- api ('* ]] || explain 'the lines of both'
  [[ $output != *'- tool ('* ]] || explain 'not of others'
  refuses 1 nosuch on laptop dev-infra log api nosuch
  refuses 1 'is what the options ask for' on laptop dev-infra log --tag nosuch
  refuses 129 'did you mean' on laptop dev-infra log --where stauts
  refuses 1 'is what the options ask for' on laptop dev-infra log --organization "it's \$(touch $WORLD/run) \"x\""
  [ ! -e "$WORLD/run" ] || explain 'a value is a value'
  # What was removed has a history under its id.
  id=$(id_of laptop tool)
  succeeds on laptop dev-infra rm tool
  equal "$(log "$id" api)" 3
}
