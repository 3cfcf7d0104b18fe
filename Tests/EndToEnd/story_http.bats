#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2016 # expanded by the shell that runs it
# The story over smart HTTP: git http-backend behind a server on loopback.

load helper
load support/story

transport_start() { start_http "$WORLD/forge"; }

transport_url() { printf '%s\n' "$HTTP_URL/$1.git"; }

setup_file() { story_begin; }

setup() { story_reset; }

teardown_file() { stop_servers; }

@test "http: each machine lists what is on it, and with --all what is anywhere" { chapter_lists; }

@test "http: a push leaves main alone, a pull leaves the remote alone, and neither loses anything" { chapter_push_and_pull; }

@test "http: edits of different fields on two machines are both kept" { chapter_different_fields; }

@test "http: of two edits of the same field the later wins on both machines, and is reported" { chapter_same_field; }

@test "http: a tie goes to the local side" { chapter_tie; }

@test "http: a project that was moved keeps its id, and refresh finds it" { chapter_moved; }

@test "http: a directory that is gone is reported; a project that is removed is gone everywhere" { chapter_removed; }

@test "http: a project that one machine forgets stays on the others" { chapter_forgotten; }

@test "http: a remote URL that changed from https to ssh is the same project" { chapter_url_changed; }

@test "http: projects registered on two machines before they ever synced become one" { chapter_registered_on_both_before; }

@test "http: what .dev-infra.yml says beats what came from the remote" { chapter_metadata_wins; }

@test "http: a remote with a password takes it from git's credential helpers, and is a fatal without one" {
  local url
  git -C "$WORLD" clone -q --bare forge/registry.git forge/private/registry.git
  git -C forge/private/registry.git config http.receivepack true
  url=$HTTP_URL/private/registry.git
  succeeds on laptop dev-infra remote add private "$url"
  refuses 128 private on laptop dev-infra pull private
  refuses 128 private on laptop dev-infra push private
  machine tablet
  refuses 128 "$url" on tablet dev-infra init "$url"
  [ ! -e tablet/.dev-infra ] || explain 'half a registry is left'

  on laptop git config --global credential.helper '!f() { echo username=tester; echo password=s3cr3t; }; f'
  succeeds on laptop dev-infra set app description='behind a password'
  succeeds on laptop dev-infra push private
  equal "$(git -C forge/private/registry.git rev-parse main)" "$(main_of laptop)"
  equal "$(grep -r s3cr3t laptop/.dev-infra || true)" ''
}

@test "http: a large registry arrives whole" {
  # More than git sends in one piece here, so it comes in chunks.
  on laptop sh -c 'for n in $(seq 400); do git init -q "many/p$n" && git -C "many/p$n" remote add origin "https://example.org/p$n"; done'
  succeeds on laptop dev-infra register --recursive --quiet many
  on laptop dev-infra config http.postBuffer 65536
  succeeds on laptop dev-infra push
  succeeds on server dev-infra pull
  equal "$(on server dev-infra-ls-projects --all | wc -l)" 404
  equal "$(tree_of server)" "$(tree_of laptop)"
  sound server
}
