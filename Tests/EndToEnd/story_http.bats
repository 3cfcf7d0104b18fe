#!/usr/bin/env bats
# shellcheck shell=bats
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
