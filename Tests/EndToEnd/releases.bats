#!/usr/bin/env bats
# A registry of each release works with this version, and what this one writes is what that release reads: dev-infra-registry(5).
# support/registries has a registry of each, what the release printed of it, and its rules.

# shellcheck disable=SC2030,SC2031,SC2154 # REMOTE is a test's own; bats' run sets output, stderr and status

load helper

setup() {
  begin
  REGISTRIES=$SUPPORT/registries
  machine laptop
}

# remote_of RELEASE: a remote that has its registry; sets REMOTE
remote_of() {
  bare_remote "$1"
  git --git-dir="$REMOTE" fetch -q "$REGISTRIES/$1.bundle" '+refs/*:refs/*'
}

# registry_from RELEASE: its registry, as that version left it on the machine that is called laptop
registry_from() {
  local directory
  directory=$(registry_of laptop)
  git init -q --bare -b main "$directory"
  git --git-dir="$directory" fetch -q "$REGISTRIES/$1.bundle" '+refs/heads/main:refs/heads/main'
  git --git-dir="$directory" config core.logAllRefUpdates true
  git --git-dir="$directory" config dev-infra.name laptop
  git --git-dir="$directory" config dev-infra.machine "$(machine_of laptop "$directory")"
}

# machine_of NAME GITDIR: the id of the machine that is called so
machine_of() {
  local path
  git --git-dir="$2" ls-tree -r --name-only main | grep '/machine\.json$' | while IFS= read -r path; do
    git --git-dir="$2" show "main:$path" | jq -r --arg name "$1" 'select(.name == $name) | .id'
  done
}

# listed [NAME]: what the release's list has of the projects
listed() {
  on laptop dev-infra-ls-projects --all --sort=name \
    --format='%(id)%x09%(name)%x09%(status)%x09%(tags)%x09%(description)%x09%(remote_url)'
}

releases() { basename -s .bundle -a "$REGISTRIES"/*.bundle; }

# follows RELEASE GITDIR: each file at main is what that release's rules say
follows() {
  local path
  equal "$(git --git-dir="$2" show main:format)" 1 'the format'
  git --git-dir="$2" ls-tree -r -z --name-only main | while IFS= read -r -d '' path; do
    case $path in *.json) ;; *) continue ;; esac
    git --git-dir="$2" show "main:$path" | jq -e --arg path "$path" -f "$REGISTRIES/$1.jq" >/dev/null || {
      printf '%s does not read %s:\n' "$1" "$path" >&2
      git --git-dir="$2" show "main:$path" >&2
      return 1
    }
  done
}

# work: what people do, in the registry of the laptop
work() {
  project laptop src/new https://example.org/new.git
  succeeds on laptop dev-infra register src/new
  succeeds on laptop dev-infra set app status=active tags-=one tags+=three description='Another' classification=secondary
  succeeds on laptop dev-infra set 'with space' status=cancelled organization=acme
  succeeds on laptop dev-infra new src/made --description 'Made'
  succeeds on laptop dev-infra rm local
  succeeds on laptop dev-infra undo
  git -C "$WORLD/laptop/src/new" worktree add -q ../second
  succeeds on laptop dev-infra register src/second
}

@test "each release's own registry follows the rules that are kept of it" {
  for release in $(releases); do
    remote_of "$release"
    follows "$release" "$REMOTE"
    [ "$(wc -c <"$REGISTRIES/$release.bundle")" -lt 20000 ]
  done
}

@test "rules that a file breaks are noticed" {
  run jq -e -n --arg path projects/00/00000000000000000000000000000000000000.json '{id: "0000"}' -f "$REGISTRIES/0.1.0.jq"
  [ "$status" -ne 0 ]
  jq -n '{id: ("0" * 40), name: "x", status: "odd", updated: "2024-05-01T12:00:00.000Z", updated_by: "0123456789abcdef"}' >odd.json
  run jq -e --arg path projects/00/00000000000000000000000000000000000000.json -f "$REGISTRIES/0.1.0.jq" odd.json
  equal "$status" 1
  jq '.status = "active"' odd.json >right.json
  jq -e --arg path projects/00/00000000000000000000000000000000000000.json -f "$REGISTRIES/0.1.0.jq" right.json
}

@test "a new machine starts from the registry of each release, shows what that showed, and changes none of its files" {
  for release in $(releases); do
    rm -rf "$(registry_of laptop)"
    remote_of "$release"
    before=$(git --git-dir="$REMOTE" ls-tree -r main)
    succeeds on laptop dev-infra init --name third "$REMOTE"
    equal "$(listed)" "$(cat "$REGISTRIES/$release.list")" "$release"
    succeeds on laptop dev-infra push
    equal "$(comm -23 <(sort <<<"$before") <(git --git-dir="$REMOTE" ls-tree -r main | sort))" '' 'files that are not what they were'
    sound laptop
  done
}

@test "a machine goes on with the registry that a release made, and the release reads what comes of it" {
  for release in $(releases); do
    rm -rf "$WORLD/laptop/src" "$(registry_of laptop)"
    registry_from "$release"
    before=$(main_of laptop)
    equal "$(listed)" "$(cat "$REGISTRIES/$release.list")" "$release"
    work
    equal "$(registry_git laptop merge-base "$before" main)" "$before" 'its history is kept'
    follows "$release" "$(registry_of laptop)"
    sound laptop
  done
}

@test "this version and a release share a remote" {
  for release in $(releases); do
    rm -rf "$WORLD/laptop/src" "$(registry_of laptop)"
    remote_of "$release"
    succeeds on laptop dev-infra init --name third "$REMOTE"
    # Meanwhile the release's laptop says something, as its plumbing would write it.
    git clone -q "$REMOTE" "$WORLD/theirs"
    path=$(git -C "$WORLD/theirs" grep -l '"name": "local"' -- projects)
    jq --indent 2 -S '.status = "completed" | .updated = "2099-01-01T00:00:00.000Z"' "$WORLD/theirs/$path" >changed.json
    cp changed.json "$WORLD/theirs/$path"
    git -C "$WORLD/theirs" -c user.name=laptop -c user.email="$(machine_of laptop "$REMOTE")@machine.dev-infra" commit -q -a -m 'set local'
    git -C "$WORLD/theirs" push -q origin main
    work
    succeeds on laptop dev-infra sync
    equal "$(field laptop local status)" '"completed"'
    follows "$release" "$REMOTE"
    rm -rf "$WORLD/theirs"
  done
}
