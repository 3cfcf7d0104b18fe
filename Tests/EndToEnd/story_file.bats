#!/usr/bin/env bats
# shellcheck shell=bats
# The story over the file transport.

load helper
load support/story

transport_start() { :; }

transport_url() { printf '%s\n' "$WORLD/forge/$1.git"; }

setup_file() { story_begin; }

setup() { story_reset; }

teardown_file() { stop_servers; }

@test "file: each machine lists what is on it, and with --all what is anywhere" { chapter_lists; }

@test "file: a push leaves main alone, a pull leaves the remote alone, and neither loses anything" { chapter_push_and_pull; }

@test "file: edits of different fields on two machines are both kept" { chapter_different_fields; }

@test "file: of two edits of the same field the later wins on both machines, and is reported" { chapter_same_field; }

@test "file: a tie goes to the local side" { chapter_tie; }

@test "file: a project that was moved keeps its id, and refresh finds it" { chapter_moved; }

@test "file: a directory that is gone is reported; a project that is removed is gone everywhere" { chapter_removed; }

@test "file: a project that one machine forgets stays on the others" { chapter_forgotten; }

@test "file: a remote URL that changed from https to ssh is the same project" { chapter_url_changed; }

@test "file: projects registered on two machines before they ever synced become one" { chapter_registered_on_both_before; }

@test "file: what .dev-infra.yml says beats what came from the remote" { chapter_metadata_wins; }

@test "file: file:// and a relative path name the same remote" {
  local url
  for url in "file://$WORLD/forge/registry.git" ../forge/registry.git; do
    rm -rf tablet
    machine tablet
    succeeds on tablet dev-infra init --name tablet "$url"
    equal "$(names_of tablet --all)" 'app lib notes site'
    succeeds on tablet dev-infra set notes description="by $url"
    # From wherever it is run.
    mkdir -p tablet/deep/down
    succeeds at tablet deep/down dev-infra push
    succeeds on laptop dev-infra pull
    equal "$(field laptop notes description)" "\"by $url\""
  done
}
