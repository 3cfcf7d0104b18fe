#!/usr/bin/env bats
# shellcheck shell=bats
# shellcheck disable=SC2154 # output and stderr are set by bats' run
# What a list shows, in which order, and how: columns, formats, sort keys, and the table on a terminal.

load helper

setup() {
  begin
  machine laptop
  project laptop src/old https://github.com/acme/old.git
  project laptop src/new https://github.com/acme/new.git
  project laptop src/mid https://github.com/acme/mid.git
  dated old 2023-01-01T00:00:00Z
  dated mid 2024-02-02T00:00:00Z
  dated new 2025-03-03T00:00:00Z
  succeeds on laptop dev-infra init --name laptop
  succeeds on laptop dev-infra register src/old src/new src/mid
}

# dated NAME TIME: a commit of that time.
dated() {
  GIT_AUTHOR_DATE=$2 GIT_COMMITTER_DATE=$2 git -C "laptop/src/$1" -c user.name=A -c user.email=a@example.org \
    commit -q --allow-empty -m "At $2"
}

# on_terminal COLUMNS LINE: what the command line prints on a terminal that is so wide.
on_terminal() {
  on laptop env TERM=xterm COLUMNS="$1" script -qec "$2" /dev/null </dev/null | tr -d '\r'
}

# plain: without what sets text apart.
plain() { sed 's/\x1b\[[0-9;]*m//g'; }

names() { on laptop dev-infra list --format '%(name)' "$@" | paste -s -d ' '; }

@test "columns are what was asked for, in that order, between tabs for scripts" {
  quietly on laptop dev-infra list --columns path,name old
  assert_output "$WORLD/laptop/src/old"$'\t'old
  quietly on laptop dev-infra list --columns name --columns status,type old
  assert_output $'old\tactive\t'
  quietly on laptop dev-infra list --columns name,branch,dirty,untracked,last_commit old
  assert_output $'old\tmain\t\t0\t2023-01-01T00:00:00.000Z'
  echo x >laptop/src/old/file
  git -C laptop/src/old add file
  quietly on laptop dev-infra list --columns dirty,staged old
  assert_output $'yes\t1'
  quietly on laptop dev-infra list -z --columns name,tags old
  equal "$(on laptop dev-infra list -z --columns name,tags old | tr '\0' .)" $'old\t.'
}

@test "a format is that of ls-projects, with the state and the use" {
  quietly on laptop dev-infra list --format '%(name)=%(branch)%09%(rank)%%' old
  assert_output $'old=main\t0.0%'
  equal "$(on laptop dev-infra list -z --format '%(name)' | tr '\0' .)" mid.new.old.
  quietly on laptop dev-infra-ls-projects --format '%(name) %(last_commit)' --sort last_commit
  assert_output "$(printf '%s\n' 'old 2023-01-01T00:00:00.000Z' 'mid 2024-02-02T00:00:00.000Z' 'new 2025-03-03T00:00:00.000Z')"
}

@test "what is not an atom is refused with those that are, and two outputs at once are" {
  refuses 129 "unknown column 'nosuch'; known are: id " on laptop dev-infra list --columns name,nosuch
  refuses 129 'names no column' on laptop dev-infra list --columns ,
  refuses 129 "unknown sort key '-nosuch'" on laptop dev-infra list --sort -nosuch
  refuses 129 'unknown field in the format: %(nosuch)' on laptop dev-infra list --format '%(nosuch)'
  refuses 129 'malformed format' on laptop dev-infra list --format '100%'
  refuses 129 'exclude each other' on laptop dev-infra list --json --columns name
  refuses 129 'exclude each other' on laptop dev-infra list --format x --columns name
  refuses 129 "unknown column '\\033[31m'" on laptop dev-infra list --columns $'\e[31m'
}

@test "sorted by the last commit, by use, and by several keys of which the last counts most" {
  equal "$(names)" 'mid new old'
  equal "$(names --sort -name)" 'old new mid'
  equal "$(names --sort last_commit)" 'old mid new'
  equal "$(names --sort=-last_commit)" 'new mid old'
  quietly on laptop dev-infra rank add old old mid
  equal "$(names --sort=-rank)" 'old mid new'
  equal "$(names --sort rank)" 'new mid old'
  equal "$(names --sort last_used | cut -d' ' -f1)" new 'what was never used goes first'
  succeeds on laptop dev-infra set new old status=paused
  equal "$(names --sort=-name --sort status)" 'mid old new'
  equal "$(names --sort=-last_commit --sort=-status)" 'new old mid'
}

@test "sorted by version, by number, and with what has no value first" {
  local name
  for name in old=1.10 mid=1.9 new=1.9-rc.1; do
    succeeds on laptop dev-infra set "${name%=*}" "version=${name#*=}"
  done
  equal "$(names --sort version)" 'new mid old'
  succeeds on laptop dev-infra set mid version=
  equal "$(names --sort version)" 'mid new old'
  touch laptop/src/new/{1..11} laptop/src/mid/{1..2}
  equal "$(names --sort untracked)" 'old mid new'
  # What is not here has no state, and goes first.
  succeeds on laptop dev-infra forget old
  equal "$(names --all --sort untracked)" 'old mid new'
  equal "$(names --all --sort=-last_commit)" 'new mid old'
}

@test "the state of several working trees of a project is one" {
  git -C laptop/src/old worktree add -q ../old-fix -b fix
  quietly on laptop dev-infra register src/old-fix
  touch laptop/src/old/a laptop/src/old-fix/{b,c}
  quietly on laptop dev-infra list --columns untracked,branch old
  assert_output $'3\tmain,fix'
}

@test "a working tree that is gone or cannot be read is a row all the same" {
  rm -r laptop/src/old
  quietly on laptop dev-infra list --columns name,missing,branch,last_commit old
  assert_output $'old\tyes\t\t'
  printf garbage >laptop/src/mid/.git/HEAD
  runs 0 on laptop dev-infra list --columns name,branch mid new
  assert_output "$(printf '%s\n' $'mid\t' $'new\tmain')"
  assert_stderr_line 'warning: the state of .*src/mid is not known: '
}

@test "the table has heads, ages, paths from ~, and says nothing of what is 0" {
  on_terminal 200 'dev-infra list --columns name,path,untracked,last_commit,homepage' | plain >table
  grep -qE '^NAME +PATH +UNTRACKED +LAST COMMIT +HOMEPAGE' table || explain "$(cat table)"
  # shellcheck disable=SC2088 # as it is shown
  grep -qE '^old +~/src/old +[0-9]+ years ago *$' table || explain "$(cat table)"
}

@test "colours are there on a terminal, and not with NO_COLOR, a dumb one, or where color.ui forbids them" {
  holds "$(on_terminal 100 'dev-infra list')" $'\e[1mNAME'
  holds "$(on_terminal 100 'dev-infra list')" $'\e[32mactive'
  lacks "$(on_terminal 100 'NO_COLOR=1 dev-infra list')" $'\e['
  holds "$(on_terminal 100 'NO_COLOR= dev-infra list')" $'\e['
  lacks "$(on_terminal 100 'TERM=dumb dev-infra list')" $'\e['
  lacks "$(on_terminal 100 'dev-infra -c color.ui=false list')" $'\e['
  lacks "$(on_terminal 100 'dev-infra -c color.ui=never list')" $'\e['
  succeeds on laptop git config --global color.ui false
  lacks "$(on_terminal 100 'dev-infra list')" $'\e['
  lacks "$(on_terminal 100 'dev-infra state --all')" $'\e['
  succeeds on laptop dev-infra config color.ui auto
  holds "$(on_terminal 100 'dev-infra list')" $'\e['
  # A repository that this is in decides nothing.
  succeeds on laptop git config --global --unset color.ui
  git -C laptop/src/old config color.ui false
  holds "$(on_terminal 100 'cd src/old; dev-infra list')" $'\e['
  # Never where it is not a terminal.
  succeeds on laptop git config --global color.ui always
  quietly on laptop dev-infra list
  refute_output_has $'\e['
}

@test "what another machine alone has is dim" {
  succeeds on laptop dev-infra forget old
  holds "$(on_terminal 100 'dev-infra list --all')" $'\e[2mold'
  holds "$(on_terminal 100 'dev-infra list --all')" '(not here)'
}

@test "no line is wider than the terminal, with columns of any number and with wide characters" {
  local columns line
  mkdir laptop/src/群
  project laptop src/群/日本語の倉庫🚀🚀 https://github.com/globex/warehouse.git
  project laptop $'src/e\xcc\x81té' https://github.com/globex/ete.git
  succeeds on laptop dev-infra register --recursive src
  succeeds on laptop dev-infra set 日本語の倉庫🚀🚀 description='日本語の倉庫 ✅ and much else that is long' tags=a,b,c
  for columns in 200 80 40 20 10 3 1; do
    for line in '' '--columns description,name,path,branch,last_commit' '--columns path' '--columns tags,remote_url,identity'; do
      on_terminal "$columns" "dev-infra list $line" | plain >table
      python3 - "$columns" table <<'END' || explain "$columns $line: $(cat table)"
import sys, unicodedata
def width(text):
    return sum(0 if unicodedata.category(c) in ("Mn", "Me", "Cf") else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
sys.exit(any(width(line.rstrip("\n")) > int(sys.argv[1]) for line in open(sys.argv[2])))
END
    done
  done
  # Of what was asked for, the first stays.
  on_terminal 26 'dev-infra list --columns name,status,remote_url,identity' | plain | grep -qE '^NAME +STATUS' || explain 'the first'
}

@test "nothing that a project holds steers the terminal, in any column" {
  mkdir laptop/evil
  git init -q laptop/evil/$'bell\a\e[31mred\nline'
  commit_in laptop/evil/$'bell\a\e[31mred\nline' start
  git -C laptop/evil/$'bell\a\e[31mred\nline' checkout -q -b $'x\u202egnp'
  succeeds on laptop dev-infra register --recursive evil
  assert_clean_text "$(on_terminal 200 'dev-infra list --columns name,path,paths,branch,identity,description' | plain)"
  lacks "$(on_terminal 200 'dev-infra list --columns name,branch')" $'\u202e'
  assert_clean_text "$(on_terminal 200 "dev-infra list --format '%(name)%(branch)'" | plain)"
}

@test "completion offers columns, atoms and keys" {
  words() { on laptop dev-infra-complete "$@" | paste -s -d ' '; }
  equal "$(words dev-infra list --columns name,last_)" 'name,last_used name,last_commit name,last_fetch'
  equal "$(words dev-infra list --columns name,nam)" ''
  equal "$(words dev-infra list --columns=br)" --columns=branch
  equal "$(words dev-infra list --sort ra)" rank
  equal "$(words dev-infra list --sort -ra)" -rank
  equal "$(words dev-infra update --sort last_c)" last_commit
  equal "$(words dev-infra list --format 'a%(nam')" 'a%(name)'
  equal "$(words dev-infra list --format '%%(nam')" ''
  equal "$(words dev-infra ls-projects --format '%(name) %(last_u')" '%(name) %(last_used)'
}
