#!/usr/bin/env bats
# shellcheck shell=bats
# Two machines that push to an encrypted remote at once, which forces each push: dev-infra-remote(1) says that nothing is lost.
#
#     PUSHES=100

load ../EndToEnd/helper
load ../EndToEnd/support/encrypted
load part

setup() { begin_encrypted; }

@test "a hundred pushes of each of two machines to an encrypted remote: nothing is lost" {
  both_push "$(share "${PUSHES:-100}")"
}
