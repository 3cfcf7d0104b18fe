#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # stderr and output are set by bats' run
# What other clients, scripts and files do to the records of a work-prod service settles: after both machines have pulled and
# pushed, nothing changes any more, and every value is where somebody put it.
#
# The service is one of our own making that behaves as the deployed one; see support/work_prod.py.

load helper
load support/faults

setup() {
  begin
  begun laptop desk
}

teardown() { stop_servers; }

# service [OPTION…]: a service, which is the remote `wp` of both machines.
service() {
  start_work_prod "$@"
  has_service laptop desk
}

# database NUMBER BODY: what a script does to the service's database.
database() { curl -sS --fail --noproxy '*' -X PUT --data-binary "$2" "$SERVICE/database/$1" >/dev/null; }

syncs() {
  local name
  for name; do succeeds on "$name" dev-infra sync || return; done
}

# settled [TIMES]: both machines pull and push twice; so many times more, three without a number, change no registry and no
# record.
settled() {
  local name round before
  syncs laptop desk laptop desk || return
  before=$(main_of laptop) before+=$(main_of desk) before+=$(other_client GET '')
  for ((round = 1; round <= ${1:-3}; round++)); do
    for name in laptop desk; do
      succeeds on "$name" dev-infra sync || return
      refute_stderr_has faster || return
      refute_stderr_has 'registry keeps' || return
    done
    equal "$(main_of laptop)$(main_of desk)$(other_client GET '')" "$before" "sync $round" || return
  done
  equal "$(tree_of laptop)" "$(tree_of desk)" 'the trees' || return
  sound laptop desk
}

# passed: what one machine has goes to the other.
passed() { syncs laptop desk laptop; }

# ---------------------------------------------------------------- records that are like others

@test "records of one URL, in whatever form, are projects of their own, and none changes its name" {
  service
  registers laptop app https://example.org/app.git
  # Records have whole seconds; what is written later counts.
  sleep 1.1
  other_client POST '' '{"name":"d1","remote_url":"https://github.com/acme/d.git","description":"one"}' >/dev/null
  other_client POST '' '{"name":"d2","remote_url":"https://github.com/acme/d.git","description":"two"}' >/dev/null
  other_client POST '' '{"name":"d3","remote_url":"git@github.com:acme/d.git"}' >/dev/null
  other_client POST '' '{"name":"d4","remote_url":"git@example.org:app"}' >/dev/null
  settled 1
  equal "$(names_of desk --all)" 'd1 d2 d3 d4'
  # The first that is looked at is the project of the checkout.
  equal "$(on laptop dev-infra list --machine laptop | cut -f 1)" d4
  other_client PATCH /2 '{"name":"second","status":"paused"}' >/dev/null
  sleep 1.1
  other_client PATCH /1 '{"classification":"primary"}' >/dev/null
  on desk dev-infra set --quiet d3 tags=x
  passed
  equal "$(names_of laptop --all)" 'd1 d3 d4 second'
  equal "$(field laptop second status)$(field laptop d1 classification)$(field laptop d3 tags)" '"paused""primary"["x"]'
  # A checkout of that URL is the first's.
  registers desk d https://github.com/acme/d
  passed
  equal "$(on laptop dev-infra list --all --machine desk | cut -f 1)" d1
  on desk dev-infra rm --quiet second
  settled
  equal "$(records '[.[].name] | join(" ")')" 'd1 d3 d4'
}

@test "a push that only completes records says so, once" {
  service
  registers laptop app https://example.org/app.git
  settled 1
  other_client POST '' '{"name":"e1","remote_url":"https://github.com/acme/e.git"}' >/dev/null
  other_client POST '' '{"name":"e2","remote_url":"https://github.com/acme/e.git"}' >/dev/null
  runs 0 on laptop dev-infra pull
  runs 0 on laptop dev-infra push
  equal "$stderr" "Sent what its records lacked to 'wp'"
  runs 0 on laptop dev-infra push
  equal "$stderr" 'Everything up to date'
}

@test "records at one path of this machine, spelled as paths may be, are projects of their own" {
  service
  registers laptop q
  sleep 1.1
  local q=$WORLD/laptop/src/q
  jq -n --arg one "$q/" --arg two "$WORLD/laptop/./src/q" --arg three "$WORLD/laptop/x/../src//q" \
    '{projects: [{name: "p1", path: $one}, {name: "p2", path: $two}, {name: "p3", path: $three}]}' >bodies
  curl -sS --fail --noproxy '*' -H 'Content-Type: application/json' --data-binary @bodies "$SERVICE/api/projects/import" >/dev/null
  settled
  equal "$(names_of desk --all)" 'p1 p2 p3'
  equal "$(records 'map(.path) | join(" ")')" "$q/ $WORLD/laptop/./src/q $WORLD/laptop/x/../src//q"
}

@test "a record with another URL is not taken over, whatever its path" {
  service
  registers laptop app https://github.com/acme/app.git
  other_client POST '' "{\"name\":\"theirs\",\"remote_url\":\"https://github.com/other/thing.git\",\"path\":\"$WORLD/laptop/src/app\"}" >/dev/null
  other_client POST '' "{\"name\":\"odd\",\"remote_url\":\"no URL\",\"path\":\"$WORLD/laptop/src/app/\"}" >/dev/null
  runs 0 on laptop dev-infra sync
  assert_stderr_has "'app' is sent without its path"
  passed
  equal "$(names_of laptop --all)" 'app odd theirs'
  equal "$(records '.[0] | "\(.name) \(.remote_url)"')" 'theirs https://github.com/other/thing.git'
  # Without one it may be.
  registers laptop plain
  sleep 1.1
  other_client POST '' "{\"name\":\"by path\",\"path\":\"$WORLD/laptop/src/plain\"}" >/dev/null
  settled
  equal "$(on laptop dev-infra list --machine laptop | cut -f 1 | sort | paste -s -d ' ')" 'app by path'
}

@test "a copy of a record, with our block in it, is a project of its own, and the original stays" {
  service
  registers laptop app https://github.com/acme/app.git
  on laptop dev-infra set --quiet app tags=x description='What it is.'
  settled 1
  local id
  id=$(id_of laptop app)
  other_client GET /1 | jq '{name: "copy", description, remote_url, status: "paused"}' >copy
  curl -sS --fail --noproxy '*' -H 'Content-Type: application/json' --data-binary @copy "$SERVICE/api/projects" >/dev/null
  # Also to a machine that has never looked before.
  machine tower
  on tower dev-infra init --name tower >/dev/null
  on tower dev-infra remote add --work-prod wp "$SERVICE"
  succeeds on tower dev-infra pull
  equal "$(on tower dev-infra-cat-project "$id" | jq -r .name)" app
  rm -rf "$WORLD/tower"
  passed
  equal "$(names_of desk --all)" 'app copy'
  equal "$(id_of desk app) $(field desk app tags) $(field desk copy status)" "$id [\"x\"] \"paused\""
  equal "$(records '[.[] | "\(.id) \(.name)"] | join(" ")')" '1 app 2 copy'
  other_client PATCH /1 '{"name":"renamed"}' >/dev/null
  passed
  equal "$(names_of laptop --all)" 'copy renamed'
  equal "$(on laptop dev-infra path renamed)" "$WORLD/laptop/src/app"
}

# ---------------------------------------------------------------- values

types() {
  service "$@"
  registers laptop app
  on laptop dev-infra set --quiet app project_type=Learning
  passed
  database 1 '{"project_type":"Personal"}'
  syncs laptop desk
  equal "$(field desk app project_type)" '"Personal"'
  on laptop dev-infra set --quiet app project_type=Work
  passed
  equal "$(field desk app project_type)" '"Work"'
  # Also when the service goes back to what it had when ours was set.
  database 1 '{"project_type":"Inactive"}'
  passed
  database 1 '{"project_type":"Personal"}'
  passed
  equal "$(field desk app project_type)" '"Personal"'
  on laptop dev-infra set --quiet app project_type=Work
  passed
  equal "$(field desk app project_type)" '"Work"'
  # Or to what it had before it said the same as we do, be that nothing.
  database 1 '{"project_type":"Personal"}'
  passed
  on laptop dev-infra set --quiet app project_type=Learning
  passed
  database 1 '{"project_type":"Learning"}'
  passed
  database 1 '{"project_type":"Personal"}'
  passed
  equal "$(field desk app project_type)" '"Personal"'
  database 1 '{"project_type":null}'
  passed
  equal "$(field desk app project_type)" null
  on laptop dev-infra set --quiet app project_type=Learning
  passed
  database 1 '{"project_type":"Learning"}'
  passed
  database 1 '{"project_type":null}'
  passed
  equal "$(field desk app project_type)" null
  on laptop dev-infra set --quiet app project_type=Work
  passed
  # Another field's edit says nothing of it; another value of it does.
  other_client PATCH /1 '{"status":"paused"}' >/dev/null
  passed
  equal "$(field desk app project_type)$(field desk app status)" '"Work""paused"'
  other_client PATCH /1 '{"description":"without our block"}' >/dev/null
  passed
  equal "$(field desk app project_type)" '"Work"'
  database 1 '{"project_type":"Inactive"}'
  passed
  equal "$(field laptop app project_type)" '"Inactive"'
  on desk dev-infra set --quiet app project_type=
  passed
  equal "$(field laptop app project_type)" null
  # A file goes before both.
  printf 'project_type: Work\n' >"$WORLD/laptop/src/app/.dev-infra.yml"
  database 1 '{"project_type":"Personal"}'
  settled
  equal "$(field desk app project_type)" '"Work"'
}

@test "a type that the service sets itself is taken over, and what is set here later is kept" { types; }

@test "the same with a service that takes it" {
  types keep-type
  equal "$(records '.[0].project_type')" Work
}

@test "a field that the service changes on the way is not its edit" {
  service trim=8 strip-names
  registers laptop app
  settled 1
  on laptop dev-infra set --quiet app organization='a long organization' name=' app '
  passed
  equal "$(records '.[0] | "\(.organization)|\(.name)"')" 'a long o|app'
  equal "$(on desk dev-infra-ls-projects --all --format='%(organization)|%(name)')" 'a long organization| app '
  other_client PATCH /1 '{"organization":"theirs"}' >/dev/null
  settled
  equal "$(on desk dev-infra-ls-projects --all --format='%(organization)|%(name)')" 'theirs| app '
}

# described FILE: sets a record's description to what the file holds.
described() {
  jq -n --rawfile text "$2" '{description: $text}' >body
  curl -sS --fail --noproxy '*' -X PATCH -H 'Content-Type: application/json' --data-binary @body "$SERVICE/api/projects/$1" >/dev/null
}

@test "descriptions of other clients stay to the byte, whatever they hold" {
  service
  other_client POST '' '{"name":"theirs"}' >/dev/null
  passed
  local text number=0
  python3 - <<'END'
texts = ["words\n\nDev-Infra-Note: mine", "Dev-Infra-Id: 7", "a\r\nb\r\n", "end\r", "\x1b[31mred\x1b[0m", "a\u2028b\u2029c", "\n\n", " ",
         "x" * 150000, "é" * 40000, "last\n\n\n", "Dev-Infra-Note: a\n\nDev-Infra-Digest: weekly\n"]
for number, text in enumerate(texts):
    with open(f"text.{number}", "w", encoding="utf-8", newline="") as file: file.write(text)
END
  for text in text.*; do
    described 1 "$text"
    runs 0 on laptop dev-infra sync
    if [ "$(LC_ALL=C tr -d '\t\n\r\033' <"$text" | wc -c)" -gt 65536 ] || grep -q $'\033' "$text"; then
      assert_stderr_line "^warning: 'wp': the description of the record 'theirs' \(1\) "
    fi
    # Another field's edit here writes the block below it.
    number=$((number + 1))
    on desk dev-infra set --quiet theirs "tags=t$number"
    runs 0 on desk dev-infra sync
    runs 0 on laptop dev-infra sync
    refute_stderr_has 'the description of'
    equal "$(field laptop theirs tags)" "[\"t$number\"]"
    other_client GET /1 | jq -j .description >now
    head -c "$(wc -c <"$text")" now | cmp - "$text"
    equal "$(tail -c "+$(($(wc -c <"$text") + 1))" now | head -c 16)" $'\n\nDev-Infra-Id: '
  done
  # NUL is in no argument and no file that a shell reads.
  other_client PATCH /1 '{"description":"a\u0000b"}' >/dev/null
  on desk dev-infra set --quiet theirs tags=last
  settled
  equal "$(records '.[0].description | startswith("a\u0000b\n\nDev-Infra-Id: ")')" true
  equal "$(field laptop theirs description)" $'"a\ufffdb"'
}

@test "values that are longer than the contract or the registry has them stay, with a warning where they are shown cut" {
  service
  registers laptop app
  passed
  local long
  long=$(printf 'l%.0s' {1..1500})
  other_client PATCH /1 "{\"name\":\"$long\",\"organization\":\"$long\",\"remote_url\":\"https://example.org/${long:0:900}\",\"path\":\"/$long\"}" >/dev/null
  other_client GET /1 | jq -c '[.name, .organization, .remote_url, .path]' >before
  runs 0 on laptop dev-infra pull
  assert_stderr_line 'the name of the record .* is too long and shown cut'
  assert_stderr_line 'the organization of the record .* is too long and shown cut'
  on laptop dev-infra set --quiet "${long:0:200}" status=paused tags=x
  settled
  equal "$(other_client GET /1 | jq -c '[.name, .organization, .remote_url, .path]')" "$(cat before)"
  equal "$(records '.[0].status')" paused
  equal "$(on desk dev-infra-ls-projects --all --format='%(remote_url)')" "https://example.org/${long:0:900}"
}

@test "an emptied name renames nothing, and is put back" {
  service
  registers laptop app
  passed
  other_client PATCH /1 '{"name":""}' >/dev/null
  runs 0 on desk dev-infra pull
  assert_stderr_line "the record 1 has no name any more: the next push gives it 'app' again"
  equal "$(names_of desk --all)" app
  settled
  equal "$(records '.[0].name')" app
  # To a machine that sees it first of all, too.
  other_client PATCH /1 '{"name":""}' >/dev/null
  machine tower
  on tower dev-infra init --name tower >/dev/null
  on tower dev-infra remote add --work-prod wp "$SERVICE"
  succeeds on tower dev-infra pull
  equal "$(names_of tower --all)" app
  rm -rf "$WORLD/tower"
}

@test "a damaged digest is made anew, and a line of a newer version stays in the block" {
  service
  registers laptop app
  passed
  other_client GET /1 | jq '{description: (.description | sub("Digest: .*"; "Digest: 0000000000000000000000000000000000000000")
    | sub("Dev-Infra-Project"; "Dev-Infra-Later: x\nDev-Infra-Project"))}' >damaged
  curl -sS --fail --noproxy '*' -X PATCH -H 'Content-Type: application/json' --data-binary @damaged "$SERVICE/api/projects/1" >/dev/null
  settled
  equal "$(records '.[0].description | test("Digest: 0000")')" false
  equal "$(records '.[0].description | test("\nDev-Infra-Later: x\n")')" true
  equal "$(field desk app description)" null
}

# ---------------------------------------------------------------- files that disagree

# two_files: a project on both machines, and what the file of each says.
two_files() {
  local name
  for name in laptop desk; do
    project "$name" app https://example.org/app.git
    printf 'description: by %s\nproject_type: Work\n' "$name" >"$WORLD/$name/app/.dev-infra.yml"
    on "$name" dev-infra register --quiet app
  done
}

# shown NAME: the description that the machine lists.
shown() { on "$1" dev-infra list --json app | jq -r '.[0].description'; }

# files_settle: each machine shows what its own file says, the registries hold one of them, and a warning tells of it once.
files_settle() {
  local said
  said=$(for name in laptop desk laptop desk laptop desk; do on "$name" dev-infra sync 2>&1 >/dev/null; done)
  equal "$(grep -c 'description is .*: this machine shows the former, and the registry keeps the latter$' <<<"$said")" 1 "$said" || return
  files_stay
}

files_stay() {
  local before name
  before=$(main_of laptop)$(main_of desk)
  for name in laptop desk laptop desk laptop desk; do
    succeeds on "$name" dev-infra sync || return
    refute_stderr_has 'registry keeps' || return
    succeeds on "$name" dev-infra refresh || return
  done
  equal "$(main_of laptop)$(main_of desk)" "$before" 'the registries' || return
  equal "$(tree_of laptop)" "$(tree_of desk)" 'the trees' || return
  equal "$(shown laptop)" 'by laptop' || return
  equal "$(shown desk)" 'by desk' || return
  sound laptop desk
}

disagree() {
  two_files
  files_settle
  # What the registry is told is not a file's: the files go before it, and settle again.
  machine tower
  on tower dev-infra init --name tower >/dev/null
  case $1 in
    git) on tower dev-infra remote add origin "$REMOTE" ;;
    *) on tower dev-infra remote add --work-prod wp "$SERVICE" ;;
  esac
  syncs tower
  on tower dev-infra set --quiet app description='of nobody'
  syncs tower laptop desk laptop desk
  files_stay
  rm -rf "$WORLD/tower"
  printf 'description: new\n' >"$WORLD/laptop/app/.dev-infra.yml"
  syncs laptop desk laptop desk
  succeeds on laptop dev-infra refresh
  syncs laptop desk laptop desk
  equal "$(field desk app description)" '"new"' 'what was declared last'
  equal "$(shown desk)" 'by desk'
  equal "$(shown laptop)" new
  # When they agree again, nothing is left of it.
  printf 'description: new\nproject_type: Work\n' >"$WORLD/desk/app/.dev-infra.yml"
  succeeds on desk dev-infra refresh
  syncs desk laptop desk laptop
  equal "$(shown desk)" new
  on laptop dev-infra set --quiet app description=other
  equal "$(cat "$WORLD/laptop/app/.dev-infra.yml")" 'description: other'
  syncs laptop desk laptop desk
  equal "$(shown laptop) $(shown desk)" 'other new'
  equal "$(field desk app description)" '"other"'
}

@test "two checkouts whose files disagree settle, on a git remote" {
  bare_remote registry
  local name
  for name in laptop desk; do on "$name" dev-infra remote add origin "$REMOTE"; done
  disagree git
}

@test "two checkouts whose files disagree settle, on a work-prod service" {
  service
  disagree service
}

@test "two checkouts whose files disagree settle, on a registry that the daemon serves" {
  start_service
  local name
  for name in laptop desk; do on "$name" dev-infra remote add --work-prod wp "$SERVICE"; done
  disagree daemon
}

@test "a file that says less leaves the rest to the registry, and one that is gone says nothing" {
  bare_remote registry
  local name
  for name in laptop desk; do on "$name" dev-infra remote add origin "$REMOTE"; done
  two_files
  files_settle
  rm "$WORLD/laptop/app/.dev-infra.yml" "$WORLD/desk/app/.dev-infra.yml"
  for name in laptop desk; do
    succeeds on "$name" dev-infra refresh
    succeeds on "$name" dev-infra sync
  done
  syncs laptop desk
  equal "$(shown laptop)" "$(shown desk)"
  on laptop dev-infra set --quiet app description=set
  syncs laptop desk
  equal "$(shown desk)" set
}

# ---------------------------------------------------------------- all of it, at random

@test "random rounds of two machines and other clients settle, and lose no value" {
  run python3 "$SUPPORT/service_soak.py" "$DEV_INFRA_PREFIX" "$BATS_TEST_TMPDIR/soak" "${SEED:-$SRANDOM}" 12 30
  [ "$status" -eq 0 ] || explain 'a round failed'
}
