#!/usr/bin/env bats
# shellcheck shell=bats
# What the benchmarks say of times that are known, and that they measure at all.

@test "the benchmarks judge known times as they have to be judged" {
  PYTHONDONTWRITEBYTECODE=1 python3 -W error -m unittest discover -s "$BATS_TEST_DIRNAME/../Benchmarks"
}

@test "a row of the benchmarks is measured with the installed tree, and shows what it ran" {
  local said
  PATH=$PATH:/usr/sbin
  for tool in wrk nginx gita zoxide /usr/bin/time; do
    command -v "$tool" >/dev/null || skip "there is no $tool"
  done
  command -v fdfind >/dev/null || command -v fd >/dev/null || skip "there is no fd"
  said=$(ROWS=start-version SWIFT_VERSION=x "$BATS_TEST_DIRNAME/../Benchmarks/bench.sh" 2>&1) || {
    printf '%s\n' "$said"
    return 1
  }
  grep -q -F '  | dev-infra version' <<<"$said"
  grep -q -F '  | git version' <<<"$said"
  grep -q -E '^\| .dev-infra version. \| .git version. \| [0-9.]+ × \[[0-9.]+ to [0-9.]+\] \(.* / .*\) \| 2 × \| (ok|unclear|MISSED) \| this \|$' <<<"$said"
}
