#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What a remote says of this machine is not believed, whatever way it comes: only a machine itself writes below its name.

load helper
load support/faults
load support/daemon

setup() {
  begin
  app_shared_with mallory
  ME=$(on laptop dev-infra config dev-infra.machine)
  APP=$(id_of laptop app)
  # A repository that its owner never registered.
  project laptop private/diary https://git.example.org/ann/diary.git
  DIARY=$(git -C "$WORLD/laptop/private/diary" rev-parse HEAD)
  OWN=$(own_of "$REMOTE" refs/heads/main)
}

teardown() { stop_servers; }

# checkout PATH: an entry with the project there.
checkout() { jq -n --arg path "$1" '{paths: [{kind: "main", path: $path}], remotes: {}}'; }

# place ID: where the laptop's checkout of a project stands.
place() { printf 'machines/%s/checkouts/%s/%s.json' "$ME" "${1:0:2}" "${1:2}"; }

# forge PATH [JSON]: mallory puts a file into the registry, or takes it out, and sends it.
forge() {
  local blob=0000000000000000000000000000000000000000 mode=0
  if [ -n "${2-}" ]; then
    blob=$(jq -S . <<<"$2" | registry_git mallory hash-object -w --stdin)
    mode=100644
  fi
  printf '%s %s\t%s\n' "$mode" "$blob" "$1" | on mallory dev-infra-update-registry --index-info -m forged >/dev/null
}

# lure NAME URL: an entry of a project that the laptop does not have; sets LURE.
lure() {
  local identity="remote ${2#https://}"
  LURE=$(printf '%s\n' "$identity" | git hash-object --stdin)
  forge "projects/${LURE:0:2}/${LURE:2}.json" "$(jq -n --arg id "$LURE" --arg identity "$identity" --arg name "$1" --arg url "$2" \
    '{id: $id, identity: $identity, name: $name, created: "2026-01-01", status: "active", remote_url: $url,
      updated: "2026-01-01T00:00:00.000Z", updated_by: "00000000000000aa"}')"
}

# own_of GITDIR REVISION: all that it has below the laptop's name.
own_of() { git --git-dir="$1" ls-tree -r "$2" -- "machines/$ME"; }

# unharmed: the laptop has what is its own, and after a push so has the remote.
unharmed() {
  equal "$(own_of "$(registry_of laptop)" refs/heads/main)" "$OWN" "what is below the laptop's name here" || return
  equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/app" || return
  lacks "$(registry_git laptop log -p --format= refs/heads/main)" "$DIARY" 'the diary was read' || return
  succeeds on laptop dev-infra push || return
  equal "$(own_of "$REMOTE" refs/heads/main)" "$OWN" "what is below the laptop's name at the remote" || return
  # Once said, it is not said again.
  quietly on laptop dev-infra pull --quiet || return
  sound laptop
}

@test "a forged checkout makes nothing be read, listed or published" {
  lure diary https://git.example.org/ann/diary.git
  forge "$(place "$LURE")" "$(checkout "$WORLD/laptop/private/diary")"
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra pull
  assert_stderr_has "set aside $(place "$LURE")"
  assert_stderr_has 'only this machine writes below its own name'
  equal "$(names_of laptop)" app 'what is here'
  equal "$(field laptop diary root_commit)" null 'what was read of it'
  unharmed
}

@test "a forged place of a project that is here leads nowhere" {
  forge "$(place "$APP")" "$(checkout "$WORLD/laptop/private/diary")"
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra pull
  assert_stderr_has "set aside $(place "$APP")"
  unharmed
}

@test "checkouts that are gone at the remote stay" {
  forge "$(place "$APP")"
  forge "machines/$ME/machine.json"
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra pull
  assert_stderr_has 'it was removed there'
  unharmed
}

@test "a name and a home of this machine from elsewhere are not taken" {
  forge "machines/$ME/machine.json" "$(registry_git laptop show "refs/heads/main:machines/$ME/machine.json" |
    jq '.name = "evil" | .home = "/root"')"
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra pull
  assert_stderr_has "set aside machines/$ME/machine.json"
  unharmed
}

@test "push sends none of it on, and mends the remote without a pull" {
  forge "$(place "$APP")" "$(checkout /etc)"
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra push
  assert_stderr_has "set aside $(place "$APP")"
  unharmed
}

@test "fetch, status, clone and sync believe none of it either" {
  git init -q --bare "$WORLD/forge/bait.git"
  commit_in "$WORLD/laptop/private/diary" more
  lure bait "https://git.example.org/bait.git"
  forge "$(place "$LURE")" "$(checkout "$WORLD/laptop/.config/autostart")"
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra fetch
  succeeds on laptop dev-infra status
  refute_output_has autostart
  on laptop dev-infra clone --missing >/dev/null 2>&1 || true
  succeeds on laptop dev-infra sync
  assert_stderr_has "set aside $(place "$LURE")"
  on laptop dev-infra clone --missing >/dev/null 2>&1 || true
  equal "$(find "$WORLD/laptop" -name autostart)" '' 'what was cloned to a place that the remote named'
  unharmed
}

@test "moving main to a remote's commit by hand is refused where it changes what is this machine's own" {
  forge "$(place "$APP")" "$(checkout /etc)"
  on mallory dev-infra push --quiet
  on laptop dev-infra fetch --quiet
  runs 1 on laptop dev-infra-verify-registry refs/remotes/origin/main
  assert_output "$(place "$APP"): only the machine itself writes below its name"
  refuses 128 'only this machine writes below its own name' on laptop dev-infra-update-registry refs/remotes/origin/main
  # What one was oneself can be gone back to.
  succeeds on laptop dev-infra-update-registry main~1
}

@test "another strategy changes nothing of it" {
  forge "$(place "$APP")" "$(checkout /etc)"
  on laptop dev-infra set --quiet app status=paused
  on mallory dev-infra push --quiet
  succeeds on laptop dev-infra pull --strategy theirs
  assert_stderr_has "set aside $(place "$APP")"
  unharmed
}

@test "what this machine wrote once is not a forgery: a remote that lags behind, and a registry from a backup" {
  local before
  before=$(remote_main)
  mv "$WORLD/laptop/src/app" "$WORLD/laptop/src/moved"
  on laptop dev-infra register --quiet src/moved
  cp -r "$(registry_of laptop)" "$WORLD/backup"
  on laptop dev-infra push --quiet
  git --git-dir="$REMOTE" update-ref refs/heads/main "$before"
  succeeds on laptop dev-infra pull
  refute_stderr_has 'set aside'
  equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/moved"
  on laptop dev-infra push --quiet

  project laptop src/later https://github.com/acme/later.git
  on laptop dev-infra register --quiet src/later
  on laptop dev-infra push --quiet
  rm -r "$(registry_of laptop)"
  mv "$WORLD/backup" "$(registry_of laptop)"
  succeeds on laptop dev-infra pull
  assert_stderr_has 'set aside'
  assert_stderr_has "dev-infra register"
  equal "$(names_of laptop)" app 'what the backup knows to be here'
  succeeds on laptop dev-infra register src/later
  succeeds on laptop dev-infra push
  equal "$(own_of "$REMOTE" refs/heads/main)" "$(own_of "$(registry_of laptop)" refs/heads/main)"
  sound laptop
}

@test "a checkout follows its project, which another machine made one with another" {
  local name
  machine desk
  on desk dev-infra init --name desk "$REMOTE" >/dev/null
  # Registered by two machines that had not met: by its first commit here, by what it declares there.
  project laptop src/two '' two
  project desk work/two https://github.com/acme/two.git two
  on laptop dev-infra register --quiet src/two
  printf 'id: two\n' >"$WORLD/desk/work/two/.dev-infra.yml"
  on desk dev-infra register --quiet work/two
  git -C "$WORLD/laptop/src/two" remote add origin https://github.com/acme/two.git
  on laptop dev-infra refresh >/dev/null
  for name in laptop desk laptop; do
    succeeds on "$name" dev-infra pull
    refute_stderr_has 'set aside'
    succeeds on "$name" dev-infra push
  done
  converge laptop desk
  equal "$(on laptop dev-infra path two)" "$WORLD/laptop/src/two"
  equal "$(on desk dev-infra path two)" "$WORLD/desk/work/two"
}

# ---------------------------------------------------------------- a service of records

# with_block FILTER: what jq makes of the block's checkout line, in the record of app.
forge_record() {
  local number text
  number=$(curl -sS --noproxy '*' "$SERVICE/api/projects" | jq '.[] | select(.name == "app") | .id')
  text=$(curl -sS --noproxy '*' "$SERVICE/api/projects/$number" | jq -r .description)
  jq -n --arg text "$(sed "$1" <<<"$text")" '{description: $text}' |
    curl -sS --fail-with-body --noproxy '*' -X PATCH -H 'Content-Type: application/json' --data-binary @- \
      "$SERVICE/api/projects/$number" >/dev/null
}

@test "records of a work-prod service say nothing of this machine" {
  local edit
  start_service --plain
  on laptop dev-infra remote add --work-prod wp "$SERVICE"
  on laptop dev-infra push --quiet wp
  for edit in "s#^\(Dev-Infra-Checkout: $ME .*\)$WORLD/laptop/src/app#\1$WORLD/laptop/private/diary#" \
    "s#^\(Dev-Infra-Machine: $ME .*\)\"name\":\"laptop\"#\1\"name\":\"evil\"#" "/^Dev-Infra-Checkout: $ME/d"; do
    forge_record "$edit"
    succeeds on laptop dev-infra pull wp
    equal "$(own_of "$(registry_of laptop)" refs/heads/main)" "$OWN" "$edit"
    succeeds on laptop dev-infra push wp
    holds "$(curl -sS --noproxy '*' "$SERVICE/api/projects")" "$WORLD/laptop/src/app" 'the record is mended'
    lacks "$(curl -sS --noproxy '*' "$SERVICE/api/projects")" diary
    lacks "$(curl -sS --noproxy '*' "$SERVICE/api/projects")" '\"evil\"'
  done
  unharmed
}

# ---------------------------------------------------------------- a registry that is served

@test "clients of a daemon change nothing of the machine that serves" {
  local number metadata
  start_daemon laptop
  number=$(curl -sS --noproxy '*' "$API/projects" | jq '.[] | select(.name == "app") | .id')
  metadata=$(curl -sS --noproxy '*' "$API/projects/$number" | jq -c .metadata)
  call PATCH "/projects/$number" "$(jq -c --arg me "$ME" --argjson to "$(checkout "$WORLD/laptop/private/diary")" \
    '{metadata: (.checkouts[$me] = $to | .machines[$me].name = "evil")}' <<<"$metadata")"
  equal "$CODE" 200
  equal "$(jq -r --arg me "$ME" '.metadata.checkouts[$me].paths[0].path' <<<"$ANSWER")" "$WORLD/laptop/src/app"
  call PATCH "/projects/$number" "$(jq -c '{metadata: (.checkouts = {})}' <<<"$metadata")"
  equal "$CODE" 200
  lure diary https://git.example.org/ann/diary.git
  call POST /projects "$(jq -n --arg me "$ME" --argjson entry "$(on mallory dev-infra-cat-project diary)" \
    --argjson to "$(checkout "$WORLD/laptop/private/diary")" --argjson metadata "$metadata" \
    '{name: "diary", metadata: {id: $entry.id, project: $entry, checkouts: {($me): $to}, machines: $metadata.machines}}')"
  equal "$CODE" 201
  equal "$(jq -c '.metadata.checkouts' <<<"$ANSWER")" '{}'
  equal "$(own_of "$(registry_of laptop)" refs/heads/main)" "$OWN"

  # By git too.
  local forged
  for forged in "$(checkout /etc)" ''; do
    on mallory dev-infra remote rename origin "was-$SRANDOM"
    on mallory dev-infra remote add origin "${API%/api}/registry.git"
    on mallory dev-infra pull --quiet
    forge "$(place "$APP")" "$forged"
    run --separate-stderr on mallory dev-infra push
    [ "$status" -ne 0 ] || explain 'the daemon took it'
    assert_stderr_has 'only the machine itself writes below its name'
  done
  equal "$(own_of "$(registry_of laptop)" refs/heads/main)" "$OWN"
  equal "$(names_of laptop)" app 'what is here'
}

@test "a link, a file or a submodule in the place of a directory is set aside, and nothing fails by it afterwards" {
  local entry kind directory blob tree commit good
  good=$(remote_main)
  blob=$(git --git-dir="$REMOTE" hash-object -w --stdin <<</etc/passwd)
  for directory in projects machines; do
    for kind in 'link 120000 blob' 'file 100644 blob' 'submodule 160000 commit'; do
      read -r kind entry <<<"$kind"
      case $kind in submodule) entry+=" $good" ;; *) entry+=" $blob" ;; esac
      tree=$({
        git --git-dir="$REMOTE" ls-tree "$(remote_main)" | grep -v "	$directory\$"
        printf '%s\t%s\n' "$entry" "$directory"
      } | git --git-dir="$REMOTE" mktree --missing)
      commit=$(git --git-dir="$REMOTE" -c user.name=M -c user.email=m@example.org commit-tree -p "$(remote_main)" -m x "$tree")
      git --git-dir="$REMOTE" update-ref refs/heads/main "$commit"
      succeeds on laptop dev-infra pull || return
      [[ $stderr == *"set aside $directory of origin: not a directory"* ]] || explain "$stderr" || return
      project laptop "src/$directory-$kind" "https://github.com/acme/$directory-$kind.git"
      # What was removed is looked for in all of the history.
      quietly on laptop dev-infra register --quiet "src/$directory-$kind" || return
      quietly on laptop dev-infra rm --quiet "$directory-$kind" || return
      quietly on laptop dev-infra register --quiet "src/$directory-$kind" || return
      OWN=$(own_of "$(registry_of laptop)" refs/heads/main)
      unharmed || return
    done
  done
  machine desk
  succeeds on desk dev-infra init "$REMOTE"
  equal "$(names_of desk --all)" "$(names_of laptop --all)"
}

@test "an entry that is not written as the toolset writes it is taken in that form, so that it verifies everywhere" {
  local form id project number=0 hand=$WORLD/hand app=projects/${APP:0:2}/${APP:2}.json other=machines/00000000000000aa
  git clone -q -b main "$REMOTE" "$hand"
  # shellcheck disable=SC2016 # what eval reads
  # Compact, with tabs, with CR LF, with an escape in a key or a value, with a key that is not sorted, and without the last newline.
  for form in 'jq -c .' 'jq --tab -S .' $'sed s/$/\r/' 's() { sed s/name/n\\\\u0061me/; }; s' 's() { sed s/created/cr\\\\u0065ated/; }; s' \
    'jq "{zzz: 1} + ."' 's() { printf %s "$(cat)"; }; s'; do
    number=$((number + 1))
    id=$(printf 'remote h.example/by-hand-%s\n' "$number" | git hash-object --stdin)
    project=projects/${id:0:2}/${id:2}.json
    mkdir -p "$hand/${project%/*}" "$hand/$other/checkouts/${id:0:2}"
    jq -S -n --arg id "$id" --arg identity "remote h.example/by-hand-$number" --arg name "hand-$number" \
      '{id: $id, identity: $identity, name: $name, created: "2026-01-01", status: "active",
        updated: "2026-01-01T00:00:00.000Z", updated_by: "00000000000000aa"}' | (eval "$form") >"$hand/$project"
    jq -S -n '{id: "00000000000000aa", name: "hand", home: "/home/hand", system: "x", first_seen: "2026-01-01T00:00:00.000Z"}' |
      (eval "$form") >"$hand/$other/machine.json"
    checkout "/home/hand/$number" | jq -S . | (eval "$form") >"$hand/$other/checkouts/${id:0:2}/${id:2}.json"
    # Beside what is new one that all have, and that nobody else changes meanwhile.
    jq -S --arg text "$number" --arg time "$(date -u -d "+$number minutes" +%Y-%m-%dT%H:%M:%S.000Z)" \
      '.description = $text | .updated = $time' "$hand/$app" | (eval "$form") >"$hand/$app.new"
    mv "$hand/$app.new" "$hand/$app"
    git -C "$hand" add -A
    commit_in "$hand" "By hand, $number"
    git -C "$hand" push -q origin main
    succeeds on laptop dev-infra pull
    lacks "$stderr" 'set aside' || return
    equal "$(field laptop "hand-$number" status)" '"active"' "$form" || return
    equal "$(field laptop app description)" "\"$number\"" "$form" || return
    quietly on laptop dev-infra verify || explain "$form" || return
    succeeds on laptop dev-infra push --quiet
    succeeds on mallory dev-infra pull --quiet
    quietly on mallory dev-infra verify
    equal "$(registry_git mallory rev-parse 'main^{tree}')" "$(registry_git laptop rev-parse 'main^{tree}')" || return
    git -C "$hand" pull -q origin main
  done
  # A daemon takes nothing that does not verify.
  machine server
  succeeds on server dev-infra init --name server
  start_daemon server
  succeeds on laptop dev-infra remote add server "$DAEMON_URL/registry.git"
  succeeds on laptop dev-infra push --quiet server
  sound laptop
  sound server
}

@test "main that is a tag, a tree or a blob is refused by name, and nothing of it is kept" {
  local main object kind
  main=$(git --git-dir="$REMOTE" rev-parse main)
  for kind in tag tree blob; do
    case $kind in
    tag) object=$(printf 'object %s\ntype commit\ntag z\ntagger x <x@example.org> 1 +0000\n\nx\n' "$main" | git --git-dir="$REMOTE" hash-object -w -t tag --stdin) ;;
    tree) object=$(git --git-dir="$REMOTE" rev-parse 'main^{tree}') ;;
    blob) object=$(git --git-dir="$REMOTE" hash-object -w --stdin <<<x) ;;
    esac
    printf '%s\n' "$object" >"$REMOTE/refs/heads/main"
    refuses 128 "its branch main is a $kind and not a commit" on laptop dev-infra fetch
    assert_stderr_has origin
    equal "$(registry_git laptop for-each-ref --format='%(objecttype)' refs/remotes)" commit "$kind"
    succeeds on laptop dev-infra status
  done
  printf '%s\n' "$main" >"$REMOTE/refs/heads/main"
  succeeds on laptop dev-infra sync
  sound laptop
}
