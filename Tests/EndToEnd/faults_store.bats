#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# A registry that something has happened to: damage, files left behind, foreign and old caches, odd places, wrong clocks.

load helper
load support/disk

setup() {
  begin
  machine laptop
}

teardown() { drop_disk; }

# ---------------------------------------------------------------- damage

# object_file NAME REVISION: the file that holds the loose object.
object_file() {
  local id
  id=$(registry_git "$1" rev-parse "$2")
  printf '%s\n' "$WORLD/$1/.dev-infra/objects/${id:0:2}/${id:2}"
}

@test "a truncated, emptied, overwritten or missing object is named, by verify and by what needs it; nothing else suffers" {
  local harm file id
  app_and_lib
  succeeds on laptop dev-infra set app description=second
  id=$(id_of laptop app)
  file=$(object_file laptop "main:projects/${id:0:2}/${id:2}.json")
  cp "$file" whole
  for harm in truncated emptied overwritten missing; do
    rm -f "$file"
    case $harm in
      truncated) head -c 40 whole >"$file" ;;
      emptied) : >"$file" ;;
      overwritten) head -c "$(stat -c %s whole)" /dev/urandom >"$file" ;;
      missing) ;;
    esac
    rm -rf laptop/.dev-infra/cache
    run --separate-stderr on laptop dev-infra verify
    assert_status 1
    assert_output_has "${id:2}"
    # It is named when it is left out of the list, and is not taken for something else.
    runs 1 on laptop dev-infra-cat-project "$id"
    assert_stderr_line "^warning: .*$id"
    refuses 1 src/app on laptop dev-infra set ./src/app description=third
    # What does not need it goes on.
    equal "$(names_of laptop lib)" lib "$harm"
    equal "$(field laptop lib name)" '"lib"' "$harm"
    succeeds on laptop dev-infra set lib description="$harm"
    equal "$(field laptop lib description)" "\"$harm\""
  done
  # It comes back with the object.
  cp whole "$file"
  equal "$(field laptop app description)" '"second"'
  sound laptop
}

@test "a registry whose main is damaged is refused by every command, and is not made anew" {
  local main harm command
  app_and_lib
  main=$(main_of laptop)
  cp "$(object_file laptop main)" whole
  for harm in garbage empty zero elsewhere; do
    case $harm in
      garbage) printf 'garbage\n' >laptop/.dev-infra/refs/heads/main ;;
      empty) : >laptop/.dev-infra/refs/heads/main ;;
      zero) printf '%040d\n' 0 >laptop/.dev-infra/refs/heads/main ;;
      elsewhere) printf '%s\n' 1234567890123456789012345678901234567890 >laptop/.dev-infra/refs/heads/main ;;
    esac
    for command in list 'set app status=paused' 'register src/app' push status undo verify init; do
      # shellcheck disable=SC2086 # a command and its arguments
      run --separate-stderr on laptop dev-infra $command
      [ "$status" -eq 128 ] || [ "$status $command" = '1 verify' ] || explain "$command, main: $harm"
      refute_crash
      [ -n "$stderr$output" ] || explain "$command said nothing, main: $harm"
    done
    equal "$(cat laptop/.dev-infra/refs/heads/main)" "$(case $harm in
      garbage) echo garbage ;;
      empty) : ;;
      zero) printf '%040d\n' 0 ;;
      elsewhere) echo 1234567890123456789012345678901234567890 ;;
    esac)" "main after $harm"
  done
  # With the right commit in it all is back.
  printf '%s\n' "$main" >laptop/.dev-infra/refs/heads/main
  equal "$(names_of laptop)" 'app lib'
  sound laptop
}

@test "a reflog that was cut off in a line, or holds garbage, or is gone: changes go on, undo takes back the last one or says no" {
  local harm log before
  app_and_lib
  log=laptop/.dev-infra/logs/refs/heads/main
  for harm in cut garbage empty gone; do
    succeeds on laptop dev-infra set app description=one
    before=$(tree_of laptop)
    case $harm in
      cut) truncate -s -30 "$log" ;;
      garbage) printf 'not a line of a reflog\n' >>"$log" ;;
      empty) : >"$log" ;;
      gone) rm "$log" ;;
    esac
    run --separate-stderr on laptop dev-infra undo
    refute_crash
    if [ "$status" -ne 0 ]; then
      assert_stderr_line '^(error|fatal): .'
      equal "$(tree_of laptop)" "$before" "after an undo that was refused ($harm)"
    fi
    succeeds on laptop dev-infra set app description="$harm"
    before=$(tree_of laptop)
    succeeds on laptop dev-infra set app description=two
    succeeds on laptop dev-infra undo
    equal "$(field laptop app description)" "\"$harm\"" "undo after $harm"
    succeeds on laptop dev-infra gc
    sound laptop
  done
}

# ---------------------------------------------------------------- left behind by what was killed

@test "git's lock files that were left behind are removed, and said so, by the command that they block" {
  local lock command
  app_and_lib
  shared
  while IFS=: read -r lock command; do
    succeeds on desktop dev-infra set app description="before $lock"
    succeeds on desktop dev-infra push
    mkdir -p "$(dirname "laptop/.dev-infra/$lock")"
    : >"laptop/.dev-infra/$lock"
    touch -d '1 hour ago' "laptop/.dev-infra/$lock"
    # shellcheck disable=SC2086 # a command and its arguments
    runs 0 on laptop dev-infra $command || return
    assert_stderr_line "^warning: .*${lock//./\\.}" || return
    [ ! -e "laptop/.dev-infra/$lock" ] || explain "$lock is still there"
  done <<END
refs/heads/main.lock:set app organization=a
HEAD.lock:gc
refs/remotes/origin/main.lock:pull
refs/dev-infra/incoming/origin/main.lock:pull
refs/remotes/origin/main.lock:push
packed-refs.lock:gc
packed-refs.new:gc
config.lock:register --recursive src
config.lock:remote add other $REMOTE
config.lock:config dev-infra.timeout 20
refs/heads/main.lock:gc
END
  succeeds on laptop dev-infra pull
  sound laptop
}

@test "a git gc that was killed keeps no other away, and one that is at work does" {
  local held ended tries
  [ "$(uname -s)" = Linux ] || skip 'other systems do not show which processes have ended'
  app_and_lib
  # Its child has ended, and it never waits for it.
  # shellcheck disable=SC2016 # the inner shell's
  sh -c 'true & printf "%s %s" "$!" "$2" >"$1"; exec sleep 60' sh laptop/.dev-infra/gc.pid "$(uname -n)" 3>&- &
  held=$!
  for ((tries = 0; tries < 200; tries++)); do
    ended=$(cut -d' ' -f1 laptop/.dev-infra/gc.pid 2>/dev/null) || ended=none
    ! grep -q ') Z' "/proc/$ended/stat" 2>/dev/null || break
    sleep 0.05
  done
  runs 0 on laptop dev-infra gc
  assert_stderr_line '^warning: removed .*/gc\.pid, which a .git gc. that was killed had left behind'
  printf '%s %s' "$held" "$(uname -n)" >laptop/.dev-infra/gc.pid
  refuses 128 'already running' on laptop dev-infra gc
  [ -e laptop/.dev-infra/gc.pid ]
  kill "$held"
  wait "$held" || :
  succeeds on laptop dev-infra gc
  sound laptop
}

@test "a lock file of git's that is young is waited for, and is not in the way for longer" {
  app_and_lib
  : >laptop/.dev-infra/refs/heads/main.lock
  SECONDS=0
  runs 0 on laptop dev-infra set app status=paused
  assert_stderr_line '^warning: .*main\.lock'
  in_time 60
  equal "$(field laptop app status)" '"paused"'
  # One that its owner takes away is not said a word about.
  : >laptop/.dev-infra/refs/heads/main.lock
  { sleep 1 && rm "$WORLD/laptop/.dev-infra/refs/heads/main.lock"; } 3>&- &
  quietly on laptop dev-infra set app status=active
  wait $!
  sound laptop
}

@test "what unfinished work left behind disturbs nothing, and gc takes the old of it away" {
  app_and_lib
  pushed_to_origin
  mkdir -p laptop/.dev-infra/objects/17
  head -c 100 /dev/urandom >laptop/.dev-infra/objects/17/tmp_obj_abcdef
  head -c 100 /dev/urandom >laptop/.dev-infra/objects/pack/tmp_pack_abcdef
  head -c 100 /dev/urandom >laptop/.dev-infra/objects/pack/tmp_idx_abcdef
  touch -d '1 month ago' laptop/.dev-infra/objects/17/tmp_obj_abcdef laptop/.dev-infra/objects/pack/tmp_*
  : >laptop/.dev-infra/cache/.dev-infra-tmp-abcdef
  : >laptop/.dev-infra/cache/remotes/.dev-infra-tmp-ghijkl
  touch -d '1 day ago' laptop/.dev-infra/cache/.dev-infra-tmp-abcdef
  # A write of the project's own file and one of the daemon's, and files of the user's whose names only look so.
  mkdir -p laptop/.dev-infra/daemon
  printf 'description: a file\n' >laptop/src/app/.dev-infra.yml
  : >laptop/.dev-infra/daemon/.dev-infra-tmp-mnopqr
  touch laptop/src/app/.dev-infra-tmp-{abcdef,fresh1,backup-of-mine} laptop/src/app/.dev-infra-config
  touch -d '2 hours ago' laptop/.dev-infra/daemon/.dev-infra-tmp-* laptop/src/app/.dev-infra-tmp-{abcdef,backup-of-mine} \
    laptop/src/app/.dev-infra-config
  registry_git laptop update-ref refs/dev-infra/incoming/origin/main main~1
  registry_git laptop update-ref refs/dev-infra/incoming/origin/main-other main
  printf '99999999 elsewhere\n' >laptop/.dev-infra/gc.pid
  touch -d '1 day ago' laptop/.dev-infra/gc.pid
  # What a machine said that was being taken out.
  registry_git laptop update-ref refs/dev-infra/state/00000000000000ff main
  # Half a registry of a first command that was killed, and a directory of the user's own.
  mkdir -p laptop/.dev-infra.new-0a1b2c3d/objects laptop/.dev-infra.new-of-mine
  succeeds on laptop dev-infra set app status=paused description=two
  equal "$(cd laptop/src/app && echo .dev-infra*)" '.dev-infra-config .dev-infra-tmp-backup-of-mine .dev-infra-tmp-fresh1 .dev-infra.yml'
  succeeds on laptop dev-infra pull
  succeeds on laptop dev-infra push
  equal "$(registry_git laptop for-each-ref --format='%(refname)' refs/dev-infra/incoming refs/dev-infra/lost)" '' 'references of a fetch'
  [ ! -e laptop/.dev-infra/cache/remotes/.dev-infra-tmp-ghijkl ]
  succeeds on laptop dev-infra gc
  equal "$(find laptop/.dev-infra/objects -name 'tmp_*')" ''
  [ ! -e laptop/.dev-infra/cache/.dev-infra-tmp-abcdef ]
  [ ! -e laptop/.dev-infra/daemon/.dev-infra-tmp-mnopqr ]
  equal "$(registry_git laptop for-each-ref refs/dev-infra/state/00000000000000ff)" ''
  [ ! -e laptop/.dev-infra.new-0a1b2c3d ]
  [ -d laptop/.dev-infra.new-of-mine ]
  equal "$(remote_tree)" "$(tree_of laptop)"
  equal "$(git --git-dir="$REMOTE" for-each-ref --format='%(refname)' | grep -v '^refs/dev-infra/state/')" refs/heads/main
  sound laptop
}

# ---------------------------------------------------------------- the view

@test "a view that is cut, damaged, of a newer format, of another machine or of a lost commit is made again, not believed" {
  local view harm wanted
  app_and_lib
  shared
  project desktop work/app https://github.com/acme/app.git
  succeeds on desktop dev-infra register work/app
  succeeds on desktop dev-infra push
  succeeds on laptop dev-infra pull
  succeeds on desktop dev-infra pull
  equal "$(main_of desktop)" "$(main_of laptop)" 'both are at one commit'
  runs 0 on desktop dev-infra list --all
  runs 0 on laptop dev-infra list
  wanted=$output
  view=laptop/.dev-infra/cache/projects.tsv
  cp "$view" view
  for harm in foreign half line header newer older flipped lost garbage directory unreadable link; do
    rm -rf "$view"
    case $harm in
      half) head -c "$(($(stat -c %s view) / 2))" view >"$view" ;;
      line) sed '$d' view >"$view" ;;
      header) head -n 1 view >"$view" ;;
      newer) sed '1s/^dev-infra-view [0-9]*/dev-infra-view 99/' view >"$view" ;;
      older) sed '1s/^dev-infra-view [0-9]*/dev-infra-view 1/' view >"$view" ;;
      flipped) sed 's/active/paused/' view >"$view" ;;
      foreign) cp desktop/.dev-infra/cache/projects.tsv "$view" ;;
      lost) sed "1s/$(main_of laptop)/1234567890123456789012345678901234567890/" view >"$view" ;;
      garbage) head -c 10000 /dev/urandom >"$view" ;;
      directory) mkdir "$view" ;;
      unreadable) install -m 000 view "$view" ;;
      link) ln -s /nowhere "$view" ;;
    esac
    runs 0 on laptop dev-infra list || explain "view: $harm" || return
    equal "$output" "$wanted" "list with a view that is $harm" || return
    equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/app" "path with a view that is $harm" || return
    succeeds on laptop dev-infra set app description="$harm"
    rm -rf "$view"
    on laptop dev-infra list >/dev/null
    cp "$view" view
    wanted=$(on laptop dev-infra list)
  done
  rm -rf "$view"
  sound laptop
}

@test "an entry that cannot be read is told of once, also where the file of a large view cannot be written" {
  local id
  project laptop src/app
  succeeds on laptop dev-infra register src/app
  id=$(id_of laptop app)
  # So many that the view is written to its file as it is made.
  ID=$id ENTRY=$(registry_git laptop cat-file blob "main:projects/${id:0:2}/${id:2}.json") LC_ALL=C awk 'BEGIN {
    print "commit refs/heads/main\ncommitter T <t@e> 1700000000 +0000\ndata 2\nx\n\nfrom refs/heads/main^0"
    for (i = 0; i < 10000; i++) {
      id = sprintf("%02x%038d", i % 256, i)
      entry = ENVIRON["ENTRY"]
      sub(ENVIRON["ID"], id, entry)
      if (i == 5) entry = "no JSON"
      printf "M 100644 inline projects/%s/%s.json\ndata %d\n%s\n", substr(id, 1, 2), substr(id, 3), length(entry), entry
    }
    print "\ndone"
  }' | registry_git laptop fast-import --quiet --done
  succeeds on laptop bash -c 'trap "" XFSZ; ulimit -f 64; dev-infra-update-view --stdout | wc -l'
  # The first line, that of the machine, and the projects.
  equal "$output" 10002
  equal "$(grep -c 'left out the project 0500000' <<<"$stderr")" 1 'how often it is told'
}

# ---------------------------------------------------------------- places

@test "DEV_INFRA_DIR that is a file, a link to nowhere, a pipe, empty, relative or below a file: said, and nothing made" {
  local place
  project laptop app
  printf 'precious\n' >laptop/file
  ln -s /nowhere/at/all laptop/link
  mkfifo laptop/pipe
  for place in file link pipe file/below; do
    refuses 128 "$WORLD/laptop/${place%/below}" on laptop env DEV_INFRA_DIR="$WORLD/laptop/$place" timeout 60 dev-infra register app || return
    refuses 128 "$WORLD/laptop/${place%/below}" on laptop env DEV_INFRA_DIR="$WORLD/laptop/$place" timeout 60 dev-infra list || return
    refuses 128 "$WORLD/laptop/${place%/below}" on laptop env DEV_INFRA_DIR="$WORLD/laptop/$place" timeout 60 dev-infra init || return
    refuses 128 "$WORLD/laptop/${place%/below}" on laptop env DEV_INFRA_DIR="$WORLD/laptop/$place" timeout 60 dev-infra status || return
  done
  equal "$(cat laptop/file)" precious
  equal "$(cd laptop && find . -maxdepth 1 -name '*.new-*')" '' 'half a registry'
  # A relative one counts from where the command is started.
  succeeds on laptop env DEV_INFRA_DIR=here/registry dev-infra register app
  equal "$(on laptop env DEV_INFRA_DIR="$WORLD/laptop/here/registry" dev-infra path app)" "$WORLD/laptop/app"
  equal "$(at laptop here env DEV_INFRA_DIR=registry dev-infra path app)" "$WORLD/laptop/app"
}

@test "a registry on a file system that is read-only: reading goes on without its view, changes are refused" {
  app_and_lib
  small_disk 8m
  registry_to_disk laptop
  rm -rf disk/registry/cache
  mount -o remount,ro disk
  equal "$(names_of laptop)" 'app lib'
  equal "$(on laptop dev-infra path app)" "$WORLD/laptop/src/app"
  runs 0 on laptop dev-infra show app
  runs 0 on laptop dev-infra status
  runs 0 on laptop dev-infra log
  runs 0 on laptop dev-infra verify
  project laptop src/new
  refuses 128 Read-only on laptop dev-infra register src/new
  refuses 128 Read-only on laptop dev-infra set app status=paused
  refuses 128 "$WORLD" on laptop dev-infra rm app
  refuses 128 "$WORLD" on laptop dev-infra remote add origin /srv/registry.git
  refuses 128 Read-only on laptop dev-infra gc
  refuses 128 '' on laptop dev-infra undo
  # And a place where none can be made.
  refuses 128 Read-only on laptop env DEV_INFRA_DIR="$WORLD/disk/new" dev-infra register src/new
  mount -o remount,rw disk
  succeeds on laptop dev-infra register src/new
  sound laptop
}

# ---------------------------------------------------------------- clocks

@test "clocks that are ten years back or ahead: every edit made after seeing another wins, and nothing is lost" {
  local ten=315360000 name edits=0
  app_and_lib
  shared
  past() { DEV_INFRA_TEST_CLOCK_OFFSET=-$ten on desktop "$@"; }
  future() { DEV_INFRA_TEST_CLOCK_OFFSET=$ten on laptop "$@"; }
  # The laptop is ahead and writes; the desktop, behind, has seen that and writes: the later one wins everywhere.
  succeeds future dev-infra set app description=ahead organization=ahead
  succeeds future dev-infra push
  runs 0 past dev-infra pull
  assert_stderr_line '^warning: .*app.*clock'
  succeeds past dev-infra set app description=behind
  succeeds past dev-infra push
  succeeds on laptop dev-infra pull
  equal "$(field laptop app description) $(field laptop app organization)" '"behind" "ahead"'
  # Each moves strictly forward, but over what a clock says that is more than a day ahead: that is not followed.
  for name in past future past past future; do
    case $name in past) host=desktop ;; future) host=laptop ;; esac
    run --separate-stderr "$name" dev-infra pull
    assert_status 0
    before=$(field "$host" app updated)
    edits=$((edits + 1))
    succeeds "$name" dev-infra set app description="edit $edits"
    if [ "$name" = future ]; then [[ $(field "$host" app updated) > $before ]] || explain "$before did not move forward"; fi
    succeeds "$name" dev-infra push
  done
  runs 0 past dev-infra pull
  runs 0 future dev-infra pull
  equal "$(field laptop app description) $(field desktop app description)" "\"edit $edits\" \"edit $edits\""
  # A registration, an undo and a removal with a wrong clock.
  project desktop old
  runs 0 past dev-infra register old
  succeeds past dev-infra set old description=x
  succeeds past dev-infra undo
  equal "$(field desktop old description)" null
  succeeds past dev-infra rm old
  # Two edits that have not seen each other: the later clock's wins, and the other is reported and stays in history.
  succeeds past dev-infra set lib description=behind
  succeeds past dev-infra push
  succeeds future dev-infra set lib description=ahead
  runs 0 future dev-infra pull
  assert_stderr_line 'conflict: .*lib.*description'
  equal "$(field laptop lib description)" '"ahead"'
  holds "$(registry_git laptop log -p --format= main)" '"description": "behind"'
  # Locks and caches do not care either: the view is made again, and a lock from the future counts as left behind.
  : >laptop/.dev-infra/refs/heads/main.lock
  touch -d '10 years' laptop/.dev-infra/refs/heads/main.lock
  runs 0 on laptop dev-infra set app status=paused
  assert_stderr_line '^warning: .*main\.lock'
  succeeds on laptop dev-infra gc
  run --separate-stderr on desktop dev-infra pull
  assert_status 0
  sound laptop desktop
}
