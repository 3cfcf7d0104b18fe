#!/usr/bin/env bats
# shellcheck shell=bats
# The story over ssh: an OpenSSH server on loopback with keys of its own.

load helper
load support/story

transport_start() { start_sshd; }

transport_machine() { on "$1" git config --global core.sshCommand "ssh -F '$SSHD_CONFIG'"; }

transport_url() { printf '%s\n' "ssh://127.0.0.1:$SSHD_PORT$WORLD/forge/$1.git"; }

setup_file() { story_begin; }

setup() { story_reset; }

teardown_file() { stop_servers; }

@test "ssh: each machine lists what is on it, and with --all what is anywhere" { chapter_lists; }

@test "ssh: a push leaves main alone, a pull leaves the remote alone, and neither loses anything" { chapter_push_and_pull; }

@test "ssh: edits of different fields on two machines are both kept" { chapter_different_fields; }

@test "ssh: of two edits of the same field the later wins on both machines, and is reported" { chapter_same_field; }

@test "ssh: a tie goes to the local side" { chapter_tie; }

@test "ssh: a project that was moved keeps its id, and refresh finds it" { chapter_moved; }

@test "ssh: a directory that is gone is reported; a project that is removed is gone everywhere" { chapter_removed; }

@test "ssh: a project that one machine forgets stays on the others" { chapter_forgotten; }

@test "ssh: a remote URL that changed from https to ssh is the same project" { chapter_url_changed; }

@test "ssh: projects registered on two machines before they ever synced become one" { chapter_registered_on_both_before; }

@test "ssh: what .dev-infra.yml says beats what came from the remote" { chapter_metadata_wins; }

@test "ssh: the scp form and ssh:// with a user name the same remote" {
  local url
  for url in "forge:$WORLD/forge/registry.git" "ssh://$(id -un)@127.0.0.1:$SSHD_PORT$WORLD/forge/registry.git"; do
    rm -rf tablet
    story_machine tablet
    succeeds on tablet dev-infra init --name tablet "$url"
    equal "$(on tablet dev-infra remote get-url origin)" "$url"
    equal "$(names_of tablet --all)" 'app lib notes site'
    succeeds on tablet dev-infra set notes description="by $url"
    succeeds on tablet dev-infra push
    succeeds on laptop dev-infra pull
    equal "$(field laptop notes description)" "\"by $url\""
  done
}
