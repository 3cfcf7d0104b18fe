#!/usr/bin/env bats
# dev-infra-read-meta: values of .dev-infra.yml out to scripts, faults to people, and edits that keep every other byte.

# shellcheck disable=SC2154 # bats' run sets stderr

bats_require_minimum_version 1.5.0

setup() {
  [ -z "${DEV_INFRA_PREFIX-}" ] || PATH=$DEV_INFRA_PREFIX/bin:$PATH
  PROJECT=$BATS_TEST_TMPDIR/$'a "project"\n\xe9'
  mkdir -p "$PROJECT"
  cd "$PROJECT" || return
}

# meta: makes the file of what stands on stdin.
meta() { cat >.dev-infra.yml; }

# read_meta STATUS ARGUMENTS…: runs the command, which must end so.
read_meta() {
  run --separate-stderr --keep-empty-lines dev-infra-read-meta "${@:2}"
  [ "$status" -eq "$1" ] || {
    printf 'status %s, not %s\nstdout: %s\nstderr: %s\n' "$status" "$1" "$output" "$stderr" >&2
    return 1
  }
}

equal() {
  [ "$1" = "$2" ] || {
    printf 'is:     %q\nis not: %q\n' "$1" "$2" >&2
    return 1
  }
}

in_the_wild() {
  meta <<'END'
# How this project takes part.
template: standard-project   # é
version: "0.3"
created: 2024-01-01
expected_skills:
  - git
  - "swift, too"
last_sync: null
sync:
  always: [a]
  ask: []
stages: 3
draft: true
END
}

@test "values come a line each, lists a line an item, unusual ones quoted" {
  in_the_wild
  printf 'note: "a\\tb"\n' >>.dev-infra.yml
  read_meta 0
  equal "$output" 'template=standard-project
version=0.3
created=2024-01-01
expected_skills=git
expected_skills=swift, too
sync.always=a
stages=3
draft=true
"note=a\tb"
'
  equal "$stderr" ''
}

@test "-z ends values with NUL and quotes nothing" {
  printf 'a: "1\\n2"\nb: 3\n' | meta
  equal "$(dev-infra-read-meta -z | tr '\0\n' '0n')" 'a=1n20b=30'
  equal "$(dev-infra-read-meta -z --get a | tr '\0\n' '0n')" '1n20'
}

@test "--json gives types that jq can work with, and text for every known key" {
  in_the_wild
  read_meta 0 --json .
  equal "$(jq -cS . <<<"$output")" \
    '{"created":"2024-01-01","draft":true,"expected_skills":["git","swift, too"],"stages":3,"sync":{"always":["a"],"ask":[]},"template":"standard-project","version":"0.3"}'
  equal "$(dev-infra-read-meta --json . | jq -r .template)" standard-project
  printf 'version: 0.30\nname: 12\nstatus: ~\nmine: ~\nratio: 1.10\nzip: 007\n' | meta
  read_meta 0 --json
  equal "$(jq -cS . <<<"$output")" '{"mine":null,"name":"12","ratio":"1.10","version":"0.30","zip":"007"}'
}

@test "--get prints one value; no value is a no" {
  in_the_wild
  read_meta 0 --get template
  equal "$output" $'standard-project\n'
  read_meta 0 --get expected_skills
  equal "$output" $'git\nswift, too\n'
  read_meta 0 --get sync.always
  equal "$output" $'a\n'
  local key
  for key in name last_sync sync nothing; do
    read_meta 1 --get "$key"
    equal "$output" ''
    [[ $stderr == "error: ./.dev-infra.yml has no value for $key"* ]]
  done
}

@test "the file may be named itself, and be anywhere" {
  in_the_wild
  cd /
  read_meta 0 --get version "$PROJECT"
  equal "$output" $'0.3\n'
  read_meta 0 --get version "$PROJECT/.dev-infra.yml"
  equal "$output" $'0.3\n'
}

@test "no file is a no, and says what to do" {
  read_meta 1
  equal "$stderr" 'error: there is no ./.dev-infra.yml; name a project'"'"'s directory, or make the file with --set'
  read_meta 1 --check
  read_meta 1 --json nowhere
}

@test "a placeholder of the version is unknown, with a warning" {
  local value
  for value in '[DEV_INFRA_VERSION]' '"[DEV_INFRA_VERSION]"'; do
    printf 'name: x\nversion: %s\ntemplate: "[TEMPLATE]"\n' "$value" | meta
    read_meta 0
    equal "$output" $'name=x\nversion=unknown\n'
    [[ $stderr == *'warning: ./.dev-infra.yml:2: version is the placeholder [DEV_INFRA_VERSION]'* ]]
    [[ $stderr == *'warning: ./.dev-infra.yml:3: template is the placeholder [TEMPLATE]'* ]]
  done
}

@test "--check says every fault with its line, and nothing when there is none" {
  printf '# c\nstatus: bogus\ncreated: soon\nmine: [whatever, {a: b}]\n' | meta
  read_meta 1 --check
  equal "$output" ''
  equal "$stderr" 'warning: ./.dev-infra.yml:2: status is "bogus" and is not used; it must be one of active, paused, completed, cancelled
warning: ./.dev-infra.yml:3: created is "soon", no date, and is not used; write it as YYYY-MM-DD'
  printf 'id: [a]\n' | meta
  read_meta 1 --check
  [[ $stderr == 'error: ./.dev-infra.yml:1: id is a list'* ]]
  in_the_wild
  read_meta 0 --check
  equal "$output$stderr" ''
}

@test "what is not a plain mapping is refused with its place" {
  local text
  while IFS= read -r text; do
    # shellcheck disable=SC2059 # the escapes are the example's
    printf -- "$text" | meta
    for option in --json --check --set=a=b; do
      read_meta 128 "$option"
      equal "$output" ''
      [[ $stderr == 'fatal: ./.dev-infra.yml:'[1-9]*:*' '*';'* ]]
      # shellcheck disable=SC2059
      equal "$(od -c .dev-infra.yml)" "$(printf -- "$text" | od -c)"
    done
  done <<'END'
- a
text
a: 1\na: 2
a: *x
name: !x 1
a: &x [*x]
a: 1\n---\nb: 2
a: "\n
a: \xe9
a: b\033[31m
\xff\xfea\0
a: "\\0"
END
}

@test "hostile files end soon and with a sentence" {
  local piece
  for piece in '[' '{a: ' '"' '? ' '%%TAG !a! b\n' 'x'; do
    # shellcheck disable=SC2059
    printf -- "$piece%.0s" $(seq 100000) | meta
    run --separate-stderr timeout 60 dev-infra-read-meta --check
    [ "$status" -eq 128 ]
    [[ $stderr == 'fatal: ./.dev-infra.yml:'* ]]
  done
  head -c 1048577 /dev/zero | tr '\0' '#' | meta
  read_meta 128
  [[ $stderr == *'larger than 1 MiB'* ]]
  rm .dev-infra.yml
  mkfifo .dev-infra.yml
  run --separate-stderr timeout 60 dev-infra-read-meta
  [ "$status" -eq 128 ]
  [[ $stderr == *'not a regular file'* ]]
}

@test "a link to a file is followed, also when it is changed; one that leads nowhere is an error" {
  mkdir elsewhere
  printf 'name: x # c\n' >elsewhere/meta
  ln -s elsewhere/meta .dev-infra.yml
  read_meta 0 --get name
  read_meta 0 --set name=new
  [ -L .dev-infra.yml ]
  equal "$(cat elsewhere/meta)" 'name: new # c'
  rm elsewhere/meta
  read_meta 128
  [[ $stderr == 'fatal: reading '* ]]
}

@test "--set changes that key's bytes only" {
  printf '\xef\xbb\xbf# é\r\nversion: 0.3 # why\r\ntags:\r\n  - a # one\r\n  - b\r\n\r\nname:   '"'x'"'' | meta
  chmod 640 .dev-infra.yml
  read_meta 0 --set version=0.4 --set tags=a,c --set name="it's" --set description=
  equal "$output$stderr" ''
  equal "$(od -c .dev-infra.yml)" \
    "$(printf '\xef\xbb\xbf# é\r\nversion: 0.4 # why\r\ntags:\r\n  - a # one\r\n  - c\r\n\r\nname:   '"'it''s'"'' | od -c)"
  equal "$(stat -c %a .dev-infra.yml)" 640
}

@test "--set makes the file, adds keys at its end, and takes them out again" {
  read_meta 0 --set template=app --set version=1.0 --set tags=a,b --set 'description=a: b = c'
  equal "$(cat .dev-infra.yml)" 'template: app
version: "1.0"
tags: [a, b]
description: "a: b = c"'
  read_meta 0 --get description
  equal "$output" $'a: b = c\n'
  read_meta 0 --set tags= --set version=
  equal "$(cat .dev-infra.yml)" 'template: app
description: "a: b = c"'
}

@test "--set refuses what could not be used, and changes nothing then" {
  in_the_wild
  local before setting
  before=$(cat .dev-infra.yml)
  for setting in status=bogus created=2024-02-30 sync=x $'name=a\nb' $'name=\xe9' 'version=[X]' $'a\nb=c'; do
    read_meta 128 --set template=changed --set "$setting"
    [[ $stderr == 'fatal: ./.dev-infra.yml:'* ]]
    equal "$(cat .dev-infra.yml)" "$before"
  done
  read_meta 129 --set status
  read_meta 129 --set =x
  equal "$(cat .dev-infra.yml)" "$before"
}

@test "a directory that cannot be written keeps its file, and leaves nothing behind" {
  [ "$(id -u)" -ne 0 ] || skip 'root may write anywhere'
  in_the_wild
  chmod 500 .
  run --separate-stderr dev-infra-read-meta --set name=x
  chmod 700 .
  [ "$status" -eq 128 ]
  [[ $stderr == 'fatal: writing '* ]]
  equal "$(ls -A)" .dev-infra.yml
}

@test "the command line is checked, -h prints it, and a full disk is an error" {
  in_the_wild
  read_meta 129 --json --check
  read_meta 129 --get name --set a=b
  read_meta 129 --nonsense
  read_meta 129 ''
  read_meta 129 -h
  [[ $output == *'USAGE: dev-infra-read-meta [-z] [--json | --get <key> | --check] [<dir>]'* ]]
  run --separate-stderr bash -c 'dev-infra-read-meta >/dev/full'
  [ "$status" -eq 128 ]
  [[ $stderr == 'fatal: writing standard output failed: '* ]]
}
