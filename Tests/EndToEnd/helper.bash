# shellcheck shell=bash
# What every end-to-end test shares: machines (homes of their own), real repositories, and assertions.
#
# The tests run on an installed tree, $DEV_INFRA_PREFIX. A machine is a directory of $WORLD that serves as HOME:
#
#     load helper
#     setup() { begin; machine laptop; }
#     @test "…" { project laptop src/app https://github.com/acme/app.git; succeeds on laptop dev-infra register src/app; }

bats_require_minimum_version 1.5.0

SUPPORT=${BASH_SOURCE[0]%/*}/support

# begin [WORLD]: an environment with nothing of the caller's in it, and an empty world.
begin() {
  local name
  : "${DEV_INFRA_PREFIX:?names the installed tree that is tested; make check sets it}"
  for name in $(compgen -e); do
    case $name in
      GIT_* | SSH_* | XDG_* | DEV_INFRA_EXEC_PATH | DEV_INFRA_DIR | DEV_INFRA_API_KEY | EDITOR | VISUAL | PAGER | LESS | \
        LANG | LC_* | NO_COLOR | CLICOLOR* | COLUMNS | EMAIL | CDPATH | *_proxy | *_PROXY) unset "$name" ;;
    esac
  done
  export GIT_CONFIG_NOSYSTEM=1 GIT_TERMINAL_PROMPT=0 TZ=UTC LC_ALL=C.UTF-8 TERM=dumb
  # The toolchain may be elsewhere.
  CALLERS_PATH=${CALLERS_PATH-$PATH}
  PATH=$DEV_INFRA_PREFIX/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  WORLD=${1:-$BATS_TEST_TMPDIR/world}
  SERVERS=${SERVERS:-$BATS_TEST_TMPDIR/servers}
  # Nothing above the world is a repository to the tests, wherever the temporary directory is.
  GIT_CEILING_DIRECTORIES=$WORLD
  # A command that forgets whose home it is in must not find the developer's.
  HOME=$WORLD/nobody
  export PATH WORLD SERVERS GIT_CEILING_DIRECTORIES HOME
  mkdir -p "$HOME"
  cd "$WORLD" || return
}

# ---------------------------------------------------------------- machines and repositories

# machine NAME: a home with a git identity, and no registry yet.
machine() {
  mkdir -p "$WORLD/$1"
  cat >"$WORLD/$1/.gitconfig" <<END
[user]
	name = Dev on $1
	email = dev@$1.example
[init]
	defaultBranch = main
[protocol "file"]
	allow = always
[advice]
	detachedHead = false
END
}

# on NAME COMMAND…: runs the command on that machine, in its home.
on() {
  local home=$WORLD/$1
  shift
  (cd "$home" && HOME=$home "$@")
}

# at NAME DIR COMMAND…: runs the command on that machine, in DIR of its home.
at() {
  local home=$WORLD/$1 directory=$2
  shift 2
  (cd "$home" && HOME=$home && cd -- "$directory" && "$@")
}

# commit_in DIR MESSAGE: a commit whose id depends on nothing but the history and the message.
commit_in() {
  GIT_AUTHOR_DATE='2024-05-01T12:00:00Z' GIT_COMMITTER_DATE='2024-05-01T12:00:00Z' \
    git -C "$1" -c user.name=Author -c user.email=author@example.org commit -q --allow-empty -m "$2"
}

# project NAME DIR [URL [SEED]]: a repository in DIR of the machine's home, with one commit, and URL as its origin.
# Repositories of the same SEED (by default the directory's name) share their history, as clones do.
project() {
  local directory=$WORLD/$1/$2
  mkdir -p -- "$directory"
  git init -q -b main -- "$directory"
  commit_in "$directory" "Start $(printf %q "${4:-${2##*/}}")"
  if [ -n "${3:-}" ]; then git -C "$directory" remote add origin "$3"; fi
}

# registered MACHINE NAME…: projects there, each with a remote of its name, that are in its registry.
registered() {
  local on=$1 name
  shift
  for name; do
    project "$on" "src/$name" "https://h.example/$name"
    succeeds on "$on" dev-infra register --quiet "src/$name"
  done
}

# begun NAME…: machines, each with a registry that has nothing yet.
begun() {
  local name
  for name; do
    machine "$name"
    succeeds on "$name" dev-infra init --name "$name"
  done
}

# begun_with_app: the laptop, with a project in its registry.
begun_with_app() {
  begun laptop
  project laptop src/app https://github.com/acme/app.git
  succeeds on laptop dev-infra register --quiet src/app
}

# app_shared_with NAME…: the laptop with its project, a remote that its registry is pushed to, and machines with a registry
# from there.
app_shared_with() {
  begun_with_app
  pushed_to_origin
  joined "$@"
}

# app_and_lib: two projects on the laptop, whose registry is made for them.
app_and_lib() {
  project laptop src/app https://github.com/acme/app.git
  project laptop src/lib git@github.com:acme/lib.git
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register src/app src/lib
}

# joined NAME…: machines with a registry from the remote.
joined() {
  local name
  for name; do
    machine "$name"
    runs 0 on "$name" dev-infra init --name "$name" "$REMOTE"
  done
}

# crossed ONE OTHER: of two machines with the remotes origin and backup, ONE has described app, and OTHER lib; each has merged the
# other's from another remote, and sent neither merge.
crossed() {
  succeeds on "$1" dev-infra set app description=one
  succeeds on "$1" dev-infra push origin
  succeeds on "$2" dev-infra set lib description=one
  succeeds on "$2" dev-infra push backup
  succeeds on "$1" dev-infra pull backup
  succeeds on "$2" dev-infra pull origin
}

# with_origin: a new remote, which is the origin of the laptop's registry.
with_origin() {
  bare_remote registry
  succeeds on laptop dev-infra remote add origin "$REMOTE"
}

# pushed_to_origin: the laptop's registry is pushed to a new remote, its origin.
pushed_to_origin() {
  with_origin
  succeeds on laptop dev-infra push
}

# shared: the same, and the desktop has a registry from there.
shared() {
  pushed_to_origin
  joined desktop
}

id_of_machine() { on "$1" dev-infra config dev-infra.machine; }
path_of() { on laptop dev-infra path "$1"; }

# pipeline NAME LINE: a line of shell on that machine, of which every command has to succeed.
pipeline() { on "$1" bash -o pipefail -c "$2"; }

# bare_remote NAME: an empty bare repository in the world's forge, for registries to be pushed to; sets REMOTE.
bare_remote() {
  REMOTE=$WORLD/forge/$1.git
  git init -q --bare -b main "$REMOTE"
  git -C "$REMOTE" config http.receivepack true
}

# registry_of NAME: the directory of the machine's registry.
registry_of() { printf '%s\n' "$WORLD/$1/.dev-infra"; }

# registry_git NAME ARGUMENTS…: git on the machine's registry.
registry_git() {
  local name=$1
  shift
  git -c user.name=Somebody -c user.email=somebody@example.org --git-dir="$WORLD/$name/.dev-infra" "$@"
}

# missing WHAT: stands for a value that could not be read, and equals nothing, not even another of its kind.
missing() {
  printf 'missing: %s (%s)\n' "$*" "$SRANDOM"
  return 1
}

main_of() { registry_git "$1" rev-parse --verify -q refs/heads/main || missing "main of $1"; }
tree_of() { registry_git "$1" rev-parse --verify -q 'refs/heads/main^{tree}' || missing "the tree of $1"; }
commits_of() { registry_git "$1" rev-list --count refs/heads/main || missing "the commits of $1"; }
remote_main() { git --git-dir="$REMOTE" rev-parse --verify -q refs/heads/main || missing 'main of the remote'; }
remote_tree() { git --git-dir="$REMOTE" rev-parse --verify -q 'refs/heads/main^{tree}' || missing 'the tree of the remote'; }

# id_of NAME PROJECT: its full id in the machine's registry.
id_of() {
  local entry
  if entry=$(on "$1" dev-infra-cat-project "$2"); then jq -r .id <<<"$entry"; else missing "the id of $2 on $1"; fi
}

# field NAME PROJECT KEY: a value of the project's entry, in JSON; `null` where there is none.
field() {
  local entry
  if entry=$(on "$1" dev-infra-cat-project "$2"); then
    jq -c --arg key "$3" '.[$key]' <<<"$entry"
  else
    missing "$3 of $2 on $1"
  fi
}

# file_of NAME PROJECT: where the tree of a registry has the project.
file_of() {
  local id
  id=$(id_of "$1" "$2") || return
  printf 'projects/%s/%s.json\n' "${id:0:2}" "${id:2}"
}

# names_of NAME [ARGUMENTS…]: the names that ls-projects lists, sorted, on one line.
names_of() {
  local name=$1
  shift
  on "$name" dev-infra-ls-projects --format='%(name)' "$@" | LC_ALL=C sort | paste -s -d ' '
}

# ---------------------------------------------------------------- what must not change

# world_state: every registry's branches and settings, every remote's branches, every metadata file.
world_state() {
  local directory
  for directory in "$WORLD"/*/.dev-infra; do
    printf '== %s\n' "$directory"
    if [ -d "$directory/refs" ]; then
      git --git-dir="$directory" for-each-ref refs/heads || true
      # Where the registry is, it notes by itself in a world that was copied.
      grep -v $'^\tdirectory = ' "$directory/config" || true
    else
      # Not a repository: every name in it, and what the files hold.
      find "$directory" 2>/dev/null | LC_ALL=C sort
      find "$directory" -type f -exec cat {} + 2>/dev/null || true
    fi
  done
  for directory in "$WORLD"/forge/*.git; do
    printf '== %s\n' "$directory"
    if [ -d "$directory" ]; then git --git-dir="$directory" for-each-ref; fi
  done
  find "$WORLD" -name .dev-infra.yml -type f -exec cksum {} + | LC_ALL=C sort
}

# ---------------------------------------------------------------- assertions

# explain TEXT: what the last `run` gave, and why that is wrong.
explain() {
  {
    printf '%s\n' "$1"
    printf 'status: %s\n' "${status-}"
    printf 'stdout: %s\n' "${output-}"
    printf 'stderr: %s\n' "${stderr-}"
  } >&2
  return 1
}

# eventually COMMAND…: the command succeeds, now or within half a minute.
eventually() {
  local _
  for _ in {1..300}; do
    if "$@" >/dev/null 2>&1; then return; fi
    sleep 0.1
  done
  "$@"
}

# not COMMAND…: the command fails.
not() { ! "$@"; }

# in_time LIMIT: what ran since SECONDS was set to 0 took less than so many seconds: many times as long as a quiet machine needs,
# since a busy one is not at fault, and less than what it must not have waited for.
in_time() {
  [ "$SECONDS" -lt "$1" ] || explain "it took $SECONDS seconds"
}

# refute_crash: the last status is one that the toolset documents: no signal, no trap, no shell's own failure.
refute_crash() {
  # shellcheck disable=SC2154 # bats' run sets status and stderr
  case $status in
    0 | 1 | 128 | 129) ;;
    *) explain "ended with $status, which no command documents" || return ;;
  esac
  # shellcheck disable=SC2154
  if grep -qE 'Fatal error|Segmentation fault|: [0-9]+: .*(: not found|parameter not set|yntax error)' <<<"$stderr"; then
    explain 'a crash'
  fi
}

assert_status() {
  refute_crash || return
  [ "$status" -eq "$1" ] || explain "expected status $1"
}

# runs STATUS COMMAND…: runs it and expects that status; sets output and stderr.
runs() {
  local expected=$1
  shift
  run --separate-stderr "$@"
  assert_status "$expected" || explain "command: $*"
}

# succeeds COMMAND…: status 0, and no error on stderr.
succeeds() {
  runs 0 "$@" || return
  if grep -qE '^(fatal|error):' <<<"$stderr"; then explain "done, and yet an error: $*"; fi
}

# quietly COMMAND…: status 0 and nothing on stderr.
quietly() {
  runs 0 "$@" || return
  [ -z "$stderr" ] || explain "expected silence on stderr: $*"
}

# refuses STATUS TEXT COMMAND…: the command ends with STATUS and says why: a line of stderr that begins with `fatal: `
# (128), `error: ` (1, 129), and TEXT somewhere on stderr. Nothing on stdout, and nothing in the world has changed.
refuses() {
  local expected=$1 text=$2 before prefix=error
  shift 2
  before=$(world_state)
  run --separate-stderr "$@"
  assert_status "$expected" || explain "command: $*" || return
  [ -z "$output" ] || explain "refused, and yet on stdout: $*" || return
  if [ "$expected" -eq 128 ]; then prefix=fatal; fi
  grep -qE "^$prefix: ." <<<"$stderr" || explain "expected a line that begins with '$prefix: ': $*" || return
  assert_stderr_has "$text" || return
  assert_clean_text "$stderr" || return
  [ "$before" = "$(world_state)" ] || {
    diff <(printf '%s\n' "$before") <(world_state) >&2 || true
    explain "refused, and yet something changed: $*"
  }
}

assert_output() {
  [ "$output" = "$1" ] || explain "expected on stdout: $1"
}

assert_output_has() {
  [[ $output == *"$1"* ]] || explain "expected somewhere on stdout: $1"
}

refute_output_has() {
  [[ $output != *"$1"* ]] || explain "not expected on stdout: $1"
}

assert_stderr_has() {
  [[ $stderr == *"$1"* ]] || explain "expected somewhere on stderr: $1"
}

refute_stderr_has() {
  [[ $stderr != *"$1"* ]] || explain "not expected on stderr: $1"
}

# assert_stderr_line REGEX: a line of stderr matches.
assert_stderr_line() {
  grep -qE -- "$1" <<<"$stderr" || explain "expected a line of stderr to match: $1"
}

# assert_clean_text TEXT: no control character that could steer a terminal.
assert_clean_text() {
  if LC_ALL=C grep -q $'[\001-\010\013-\037\177]' <<<"$1"; then explain 'raw control characters'; fi
}

# equal ACTUAL EXPECTED [WHAT]
equal() {
  [ "$1" = "$2" ] || {
    printf '%s\n  got:      %q\n  expected: %q\n' "${3:-they differ}" "$1" "$2" >&2
    return 1
  }
}

# differ ONE OTHER [WHAT]
differ() {
  [ "$1" != "$2" ] || {
    printf '%s: both are %q\n' "${3:-they are the same}" "$1" >&2
    return 1
  }
}

# holds TEXT PART [WHAT]
holds() {
  [[ $1 == *"$2"* ]] || {
    printf '%s\n  in:       %q\n  expected: %q\n' "${3:-not there}" "$1" "$2" >&2
    return 1
  }
}

# lacks TEXT PART [WHAT]
lacks() {
  [[ $1 != *"$2"* ]] || {
    printf '%s\n  in:           %q\n  not expected: %q\n' "${3:-it is there}" "$1" "$2" >&2
    return 1
  }
}

# sound NAME…: each machine's registry holds every invariant, and is a whole git repository.
sound() {
  local name findings
  for name; do
    findings=$(on "$name" dev-infra-verify-registry) || {
      printf 'verify on %s: %s\n' "$name" "$findings" >&2
      return 1
    }
    equal "$findings" '' "verify on $name"
    findings=$(registry_git "$name" fsck --full --strict --no-dangling 2>&1) || true
    equal "$findings" '' "git fsck on $name"
  done
}

# converge NAME…: a pull and a push on each in turn, then a pull on each: all have the same tree, and so has the remote.
converge() {
  local name
  for name; do
    succeeds on "$name" dev-infra pull
    succeeds on "$name" dev-infra push
  done
  for name; do succeeds on "$name" dev-infra pull; done
  for name; do
    equal "$(tree_of "$name")" "$(tree_of "$1")" "the trees of $name and $1 after all have pulled"
  done
  equal "$(remote_tree)" "$(tree_of "$1")" "the trees of the remote and $1"
  sound "$@"
}

# running PID: the process is there, and not only waiting for its parent to take notice of its end.
running() {
  local stat
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return
  stat=${stat##*) }
  [ "${stat:0:1}" != Z ]
}

# none_with TEXT: no process has TEXT in its arguments.
none_with() { equal "$(running_with "$1")" '' "processes with $1"; }

# running_with TEXT: the ids of processes with TEXT in their arguments.
running_with() {
  local file words
  for file in /proc/[0-9]*/cmdline; do
    { mapfile -d '' words <"$file"; } 2>/dev/null || continue
    if [[ ${words[*]} == *"$1"* ]]; then
      file=${file#/proc/}
      printf '%s\n' "${file%/cmdline}"
    fi
  done
}

# Directory names that have broken programs: each is one name, and every byte of it counts. The last is not UTF-8.
hostile_names() {
  # shellcheck disable=SC2016,SC2034 # names as they are, for the tests
  HOSTILE=(
    'with space' "it's" 'say "hi"' $'new\nline' '-leading' '--upload-pack=x' $'tab\there' $'bell\a\e[31mred'
    'back\slash' '$(touch pwned)' '; touch pwned' '*glob?[a]' '%(name)' 'ünï' '日本' $'bad\xff\xfeutf8'
  )
}

# nothing_ran: no command hidden in a name, a URL or a file was run; each would make a file `pwned`.
nothing_ran() { equal "$(find "$WORLD" -name pwned)" '' 'a command was run'; }

# shellcheck source-path=SCRIPTDIR source=support/servers.bash
. "$SUPPORT/servers.bash"
