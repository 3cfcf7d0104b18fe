#!/usr/bin/env bats
# shellcheck shell=bats
# A time that cannot be wins nothing for ever.

load helper

setup() {
  begin
  app_shared_with desk
}

# written AT FILTER: the desk writes the entry at that time.
written() {
  local blob
  blob=$(on desk dev-infra-cat-project app | jq -S --arg at "$1" ".updated = \$at | $2" | registry_git desk hash-object -w --stdin)
  printf '100644 %s\t%s\n' "$blob" "$(file_of desk app)" | on desk dev-infra-update-registry --index-info >/dev/null
}

in_days() { date -u -d "+$1 days" +%Y-%m-%dT%H:%M:%S.000Z; }

@test "an edit of today wins over one of the year 9999, now and later" {
  local time
  for time in 9999-12-31T23:59:59.999Z 2999-01-01T00:00:00.000Z "$(in_days 3)"; do
    written "$time" '.description = "from the future"'
    on desk dev-infra push --quiet
    on laptop dev-infra set --quiet app description="today, $time"
    succeeds on laptop dev-infra pull
    equal "$(field laptop app description)" "\"today, $time\""
    succeeds on laptop dev-infra push
    succeeds on desk dev-infra pull
    equal "$(field desk app description)" "\"today, $time\""
    # Nothing of that time is left to follow.
    [[ $(field desk app updated) < "\"$(in_days 2)" ]]
  done
  converge laptop desk
}

@test "what nobody else wrote is taken, with a warning, and the next edit has the time of this machine" {
  written 9999-12-31T23:59:59.999Z '.description = "from the future"'
  on desk dev-infra push --quiet
  succeeds on laptop dev-infra pull
  # shellcheck disable=SC2154
  holds "$stderr" 'by a clock that is more than a day ahead'
  equal "$(field laptop app description)" '"from the future"'
  on laptop dev-infra set --quiet app description=today
  [[ $(field laptop app updated) < "\"$(in_days 1)" ]]
  written 9999-12-31T23:59:59.998Z '.description = "again"'
  converge laptop desk
  equal "$(field desk app description)" '"today"'
}

@test "a clock that is wrong by less than a day still counts" {
  on laptop dev-infra set --quiet app description=today
  written "$(date -u -d '+20 hours' +%Y-%m-%dT%H:%M:%S.000Z)" '.description = "tomorrow"'
  on desk dev-infra push --quiet
  succeeds on laptop dev-infra pull
  equal "$(field laptop app description)" '"tomorrow"'
  converge laptop desk
}
