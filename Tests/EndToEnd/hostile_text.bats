#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# Text: no control character that could forge a record or steer a terminal gets into an entry, by any way; and two
# spellings of a letter are two texts, as they are for git.

load helper
load support/faults
load support/daemon

setup() {
  begin
  begun_with_app
}

teardown() { stop_servers; }

# forced MACHINE FILTER: an entry of app as a version without the rule would have written it.
forced() {
  local file blob
  file=$(file_of laptop app)
  blob=$(on laptop dev-infra-cat-project app | jq -S "$2" | registry_git "$1" hash-object -w --stdin)
  GIT_INDEX_FILE=$WORLD/index registry_git "$1" read-tree refs/heads/main
  GIT_INDEX_FILE=$WORLD/index registry_git "$1" update-index --add --cacheinfo "100644,$blob,$file"
  registry_git "$1" update-ref refs/heads/main \
    "$(registry_git "$1" commit-tree -p refs/heads/main -m forced "$(GIT_INDEX_FILE=$WORLD/index registry_git "$1" write-tree)")"
}

# jq filters, each of which puts something into an entry that cannot be there.
FORGERIES=('.name = "x\u0000-rf /"' '.name = "x\ny"' '.name = "\u001b[8mx"' '.name = "x\u007f"' '.name = "x\u009b31m"'
  '.organization = "a\tb"' '.template = "t\r"' '.version = "1\u0000"' '.tags = ["a\u0000b"]' '.description = "a\u0000b"'
  '.description = "a\rb"' '.description = "\u001b]0;x\u0007"' '.["new\u0000key"] = 1' '.newer = {"a\nb": 1}'
  '.newer = ["x\u0000y"]')

@test "an entry with a control character is set aside by name, and verify names it" {
  local filter
  machine mallory
  with_origin
  on laptop dev-infra push --quiet
  on mallory dev-infra init --name mallory "$REMOTE" >/dev/null
  for filter in "${FORGERIES[@]}"; do
    forced mallory "$filter"
    runs 1 on mallory dev-infra-verify-registry
    assert_output_has "$(file_of laptop app)"
    assert_output_has 'control character'
    registry_git mallory push -q "$REMOTE" +refs/heads/main
    succeeds on laptop dev-infra pull
    assert_stderr_has "set aside $(file_of laptop app)"
    equal "$(field laptop app name)" '"app"' "$filter"
    equal "$(on laptop dev-infra-ls-projects -z --format='%(name)' | tr '\0' '|')" 'app|' "$filter"
    sound laptop
    succeeds on laptop dev-infra push
    registry_git mallory fetch -q "$REMOTE" +refs/heads/main:refs/heads/main --update-head-ok
  done
}

@test "plumbing, set and a project's own file are held to the same" {
  local filter blob word
  for filter in "${FORGERIES[@]}"; do
    blob=$(on laptop dev-infra-cat-project app | jq -S "$filter" | registry_git laptop hash-object -w --stdin)
    run --separate-stderr on laptop dev-infra-update-registry --index-info <<<"100644 $blob	$(file_of laptop app)"
    equal "$status" 128 "$filter"
    assert_stderr_has 'control character'
  done
  for word in $'name=a\nb' $'organization=a\tb' $'template=\e[1m' $'tags=a\rb' $'description=a\rb' $'version=\x7f' $'name=\u009b'; do
    refuses 129 'setting' on laptop dev-infra set app "$word"
  done
  succeeds on laptop dev-infra set app $'description=one\ttab\nand\r\nlines'
  printf '%s\n' 'name: "a\x01b"' 'organization: "\x1b[8m"' 'tags: ["x\x9b"]' 'template: "a\tb"' 'description: "z\ab"' \
    >"$WORLD/laptop/src/app/.dev-infra.yml"
  succeeds on laptop dev-infra register src/app
  equal "$(grep -c 'control character' <<<"$stderr")" 5 'warnings'
  equal "$(field laptop app name)" '"app"'
  equal "$(field laptop app description)" '"one\ttab\nand\r\nlines"'
  sound laptop
}

@test "a directory whose name holds control characters gets a name without them" {
  project laptop $'src/new\nline' '' one
  project laptop $'src/bell\a\e[31m' '' two
  succeeds on laptop dev-infra register --recursive src
  equal "$(on laptop dev-infra-ls-projects -z --format='%(name)' | LC_ALL=C grep -c $'[\001-\037]')" 0
  equal "$(on laptop dev-infra-ls-projects -z --format='%(path)' | tr -cd '\0' | wc -c)" 3
  holds "$(on laptop dev-infra-ls-projects -z --format='%(path)' | tr '\0' '|')" $'src/new\nline|' 'the path is what it is'
  sound laptop
}

@test "an entry that an older version wrote is left out, named, and can be removed" {
  local id
  id=$(id_of laptop app)
  forced laptop '.name = "x\u0000-rf /"'
  succeeds on laptop dev-infra list
  assert_stderr_has "left out the project $id"
  assert_stderr_has "dev-infra rm $id"
  runs 1 on laptop dev-infra verify
  succeeds on laptop dev-infra rm "$id"
  sound laptop
  quietly on laptop dev-infra register src/app
  equal "$(field laptop app name)" '"app"'
}

@test "another machine's whole entry takes the place of one that breaks a rule here" {
  machine desk
  with_origin
  on laptop dev-infra push --quiet
  on desk dev-infra init --name desk "$REMOTE" >/dev/null
  on desk dev-infra set --quiet app description=whole
  on desk dev-infra push --quiet
  forced laptop '.organization = "x\u0000" | .description = "broken" | .updated = "2026-01-01T00:00:00.000Z"'
  succeeds on laptop dev-infra pull
  equal "$(field laptop app description)" '"whole"'
  sound laptop
}

@test "a record's text survives at the service, is shown cleaned here with a warning, and is not written back" {
  local text=$'one\x01\x1btwo\r\nthree \u2028 four\r'
  start_service --plain
  on laptop dev-infra remote add --work-prod wp "$SERVICE"
  curl -sS --fail-with-body --noproxy '*' -H 'Content-Type: application/json' -d \
    "$(jq -n --arg text "$text" '{name: "a\u0000b", description: ($text + "\u0000"), organization: "o\tp", remote_url: "https://github.com/acme/odd"}')" \
    "$SERVICE/api/projects" >/dev/null
  records '.[] | [.name, .description]' >before
  succeeds on laptop dev-infra pull wp
  assert_stderr_line 'the name of the record .* holds the control character U\+0000'
  assert_stderr_line 'the description of the record .* holds the control character U\+0001'
  assert_stderr_line 'the organization of the record .* holds the control character U\+0009'
  assert_clean_text "$stderr$output"
  equal "$(on laptop dev-infra-ls-projects --all -z --format='%(name)' | tr -cd '\0' | wc -c)" 2 'records'
  sound laptop
  succeeds on laptop dev-infra push wp
  holds "$(records '.[] | select(.remote_url == "https://github.com/acme/odd") | [.name, .description]')" \
    "$(sed 's/.$//' before | cut -c 1-60)" 'what the record has'
  # Said once; and the second and third time nothing is changed.
  quietly on laptop dev-infra pull --quiet wp
  succeeds on laptop dev-infra push wp
  assert_stderr_line '^Everything up to date$'
}

@test "a daemon takes no such text from its clients" {
  local body
  machine server
  start_daemon server
  for body in '{"name":"x\u0000-rf /"}' '{"name":"x","organization":"\u001b[8m"}' '{"name":"x","description":"a\u0000b"}'; do
    call POST /projects "$body"
    equal "$CODE" 400 "$body"
    holds "$ANSWER" 'control character'
  done
  call POST /projects '{"name":"x","description":"one\r\ntwo\tthree\n"}'
  equal "$CODE" 201
  call PATCH /projects/1 '{"name":"y\u009b"}'
  equal "$CODE" 400
  sound server
}

# ---------------------------------------------------------------- spellings of a letter

@test "two spellings of a letter are two names, paths, tags, remotes and keys" {
  local composed=$'caf\u00e9' parts=$'cafe\u0301' file blob
  project laptop "src/$composed" '' one
  project laptop "src/$parts" '' two
  git -C "$WORLD/laptop/src/$composed" remote add "$composed" https://h.org/a
  git -C "$WORLD/laptop/src/$composed" remote add "$parts" https://h.org/b
  git -C "$WORLD/laptop/src/$composed" remote add origin "https://h.org/$composed"
  git -C "$WORLD/laptop/src/$parts" remote add origin "https://h.org/$parts"
  succeeds on laptop dev-infra register --recursive src
  equal "$(on laptop dev-infra path "src/$composed")" "$WORLD/laptop/src/$composed"
  equal "$(on laptop dev-infra path "$parts")" "$WORLD/laptop/src/$parts"
  differ "$(id_of laptop "$composed")" "$(id_of laptop "$parts")"
  equal "$(on laptop dev-infra-cat-project --checkouts "$composed" | jq '[.checkouts[].remotes | keys[]] | length')" 3

  succeeds on laptop dev-infra set app "tags=$composed,$parts"
  equal "$(field laptop app tags | jq length)" 2
  succeeds on laptop dev-infra set app "tags-=$parts"
  equal "$(field laptop app tags)" "[\"$composed\"]"
  equal "$(names_of laptop --tag "$composed")" app
  equal "$(names_of laptop --tag "$parts")" ''

  file=$(file_of laptop app)
  blob=$(on laptop dev-infra-cat-project app | jq -S --arg a "$composed" --arg b "$parts" '.[$a] = 1 | .[$b] = 2' |
    registry_git laptop hash-object -w --stdin)
  quietly on laptop dev-infra-update-registry --index-info <<<"100644 $blob	$file"
  quietly on laptop dev-infra set app status=paused
  equal "$(on laptop dev-infra-cat-project app | jq -c --arg a "$composed" --arg b "$parts" '[.[$a], .[$b]]')" '[1,2]'
  quietly on laptop dev-infra refresh
  sound laptop
}

@test "two machines that spell differently do not overwrite each other" {
  local composed=$'caf\u00e9' parts=$'cafe\u0301'
  machine desk
  with_origin
  on laptop dev-infra push --quiet
  on desk dev-infra init --name desk "$REMOTE" >/dev/null
  on laptop dev-infra set --quiet app "tags=$composed"
  on desk dev-infra set --quiet app "tags=$parts"
  converge laptop desk
  equal "$(field desk app tags | jq length)" 2
  on laptop dev-infra set --quiet app "name=$composed"
  converge laptop desk
  on desk dev-infra set --quiet "$composed" "name=$parts"
  succeeds on desk dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(field laptop "$parts" name)" "\"$parts\""
}
