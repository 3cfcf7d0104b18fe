#!/usr/bin/env bats
# The manual against the commands: what `-h` prints and what the page says are held against each other, and what the
# tutorial shows is run.

load helper

setup() {
  begin
  PAGES=$DEV_INFRA_PREFIX/share/man
  CATALOGUE=$BATS_TEST_DIRNAME/../../man/command-list.txt
  unset failures
}

# commands [CATEGORY]: the names of the catalogue's commands, without `dev-infra-`.
commands() {
  awk -F '\t' -v only="${1-}" '
    /^#/ || NF < 2 || $2 == "guide" || $2 == "helper" { next }
    only == "" || $2 == only { sub(/^dev-infra-/, "", $1); print $1 }' "$CATALOGUE"
}

page_of() { printf '%s/man1/dev-infra-%s.1\n' "$PAGES" "$1"; }

# fault TEXT: notes one difference, so that a test names all there are and not only the first.
fault() { failures+=("$*"); }

no_faults() {
  [ "${#failures[@]}" -eq 0 ] || {
    printf '%s\n' "${failures[@]}" >&2
    return 1
  }
}

# rendered PAGE SECTION: the section's text, a paragraph a line.
rendered() {
  mandoc -T ascii -O width=1000 -- "$1" | col -bx |
    awk -v wanted="$2" '/^[A-Z]/ { inside = $0 == wanted; next } inside && NF'
}

# one_line: words with one space between them, and a generated usage's `<name> ...` written as in the manual, `NAME...`.
one_line() {
  tr -s ' \n' ' ' | sed -E -e 's/\] \.\.\./].../g' -e 's/> \.\.\./>.../g' -e 's/^ //' -e 's/ $//' |
    awk '{
      while (match($0, /<[^<>]*>/)) {
        $0 = substr($0, 1, RSTART - 1) toupper(substr($0, RSTART + 1, RLENGTH - 2)) substr($0, RSTART + RLENGTH)
      }
      print
    }'
}

# usage_of CMD: the usage that `-h` prints, every form of it, on one line.
usage_of() {
  dev-infra "$1" -h | awk '
    /^USAGE: / { inside = 1; sub(/^USAGE: /, ""); print; next }
    inside && /^ +[^ ]/ { print; next }
    { inside = 0 }' | one_line
}

# options_of CMD: what `-h` lists under OPTIONS and ARGUMENTS: each flag, and each operand in capitals.
options_of() {
  dev-infra "$1" -h | awk '
    /^[A-Z]+:/ { part = $1; next }
    part == "OPTIONS:" && /^ +-/ {
      sub(/^ +/, "")
      sub(/  .*/, "")
      count = split($0, words, /[ ,\/=]+/)
      for (i = 1; i <= count; i++) if (words[i] ~ /^-/) print words[i]
    }
    part == "ARGUMENTS:" && /^  </ { print toupper(substr($1, 2, index($1, ">") - 2)) }' | every_command_has
}

# items_of CMD: the items of the page that are options (`.It Fl`) or operands (`.It Ar`).
items_of() {
  sed -n -e 's/^\.It \(Fl .*\)/\1/p' -e 's/^\.It \(Ar .*\)/\1/p' -- "$(page_of "$1")" |
    awk '{
      # The macro goes on behind a comma: `.It Fl a , -all`.
      macro = $1
      sub(/^(Fl|Ar) /, "")
      count = split($0, parts, / , /)
      for (i = 1; i <= count; i++) {
        part = parts[i]
        if (part ~ /^Ar /) { macro = "Ar"; sub(/^Ar /, "", part) }
        if (macro == "Fl") {
          split(part, words, " ")
          print "-" words[1]
        } else {
          gsub(/ Ns | Ar |Ar /, "", part)
          gsub(/[ .]/, "", part)
          print part
        }
      }
    }' | every_command_has
}

# every_command_has: leaves out what all commands take, and sorts the rest.
every_command_has() { grep -vxE -e '-h|--help|--version' | LC_ALL=C sort -u; }

@test "every command of the catalogue has a page, and every page is in the catalogue" {
  local name page
  while IFS=$'\t' read -r name _; do
    case $name in '#'* | '') continue ;; esac
    set -- "$PAGES"/man[157]/"$name".[157]
    [ -f "$1" ] || fault "$name has no page"
  done <"$CATALOGUE"
  for page in "$PAGES"/man[157]/*; do
    name=${page##*/}
    name=${name%.*}
    [ "$name" = dev-infra ] || grep -q "^$name	" "$CATALOGUE" || fault "$page is not in the catalogue"
  done
  no_faults
}

@test "-h of every command prints usage on stdout, and exits with 129" {
  local name
  for name in $(commands); do
    run --separate-stderr dev-infra "$name" -h
    [ "$status" -eq 129 ] || fault "$name: -h exits with $status"
    [[ $output == *'USAGE: dev-infra'* ]] || fault "$name: -h prints no usage on stdout"
    # shellcheck disable=SC2154 # bats' run sets stderr
    [ -z "$stderr" ] || fault "$name: -h prints on stderr: $stderr"
  done
  no_faults
}

@test "the usage of every command is the synopsis of its page" {
  local name usage synopsis
  for name in $(commands); do
    usage=$(usage_of "$name")
    synopsis=$(rendered "$(page_of "$name")" SYNOPSIS | one_line)
    [ "$usage" = "$synopsis" ] || fault "$name"$'\n'"  -h:   $usage"$'\n'"  page: $synopsis"
  done
  no_faults
}

@test "the usage of dev-infra itself is the synopsis of its page" {
  equal "$(dev-infra -h | sed -n 's/^USAGE: //p' | one_line)" "$(rendered "$PAGES/man1/dev-infra.1" SYNOPSIS | one_line)"
}

@test "every option and argument of a command is an item of its page, and the other way round" {
  local name difference
  for name in $(commands); do
    difference=$(diff <(options_of "$name") <(items_of "$name") | sed -n -e 's/^</  only in -h:  /p' -e 's/^>/  only in page:/p')
    [ -z "$difference" ] || fault "$name"$'\n'"$difference"
  done
  no_faults
}

@test "every page of a command has the sections that readers look for" {
  local name section
  for name in $(commands); do
    for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' 'SEE ALSO'; do
      [ -n "$(rendered "$(page_of "$name")" "$section")" ] || fault "$name: $section"
    done
  done
  for name in $(commands plumbing); do
    [ -n "$(rendered "$(page_of "$name")" EXAMPLES)" ] || fault "$name: EXAMPLES"
  done
  no_faults
}

@test "mandoc finds nothing wrong with any page" {
  run mandoc -T lint -W warning "$PAGES"/man[157]/*
  equal "$output" ''
  equal "$status" 0
}

@test "pages refer only to pages of ours that exist" {
  local target section
  while read -r target section; do
    [ -f "$PAGES/man$section/$target.$section" ] || fault "$target($section)"
  done < <(sed -n -E 's/^(\.It )?\.?Xr (dev-infra[a-z-]*) ([0-9]).*/\2 \3/p' "$PAGES"/man[157]/* | sort -u)
  no_faults
}

@test "dev-infra(1) has every command, guide and format of the catalogue, with the summary of its page" {
  local name summary listed
  listed=$(rendered "$PAGES/man1/dev-infra.1" COMMANDS | tr -s ' ')
  while IFS='|' read -r name summary; do
    # shellcheck disable=SC2001 # an expression
    grep -qE "^ ?$name\([157]\) $(sed 's/[.*[]/\\&/g' <<<"$summary")\$" <<<"$listed" || fault "$name: $summary"
  done < <(awk -F '\t' '{ print $1 "|" $4 }' "$DEV_INFRA_PREFIX/share/dev-infra/command-list")
  no_faults
}

@test "the messages that dev-infra-troubleshooting(7) begins from are those of the sources" {
  local message part
  # A sentence that goes on in the next line of the sources is one.
  find "$BATS_TEST_DIRNAME"/../../{Sources,libexec} -type f -exec cat {} + | tr -d '\n' | sed -E 's/" *\+ *"//g' >"$WORLD/sources"
  while IFS= read -r message; do
    # What stands in capitals stands for a value; where else the sources put a value in, the sentence is cut as well.
    while IFS= read -r part; do
      part=$(sed -E "s/^[ ':,;()]+//; s/[ ':,;()]+\$//" <<<"$part")
      # A path is a value, too.
      [ "${#part}" -ge 8 ] && [[ $part != */* ]] || continue
      grep -qF -- "$part" "$WORLD/sources" || fault "$message: '$part'"
    done < <(sed -E "s/'?\<[A-Z]{2,}\>'?|'origin'|\<N\>|'-abc'|'--re'|the (path|name)\>|on this machine|, since more than one project has it|[;:]|[0-9]+|\<ours\>/\n/g" <<<"$message")
  done < <(sed -n 's/^\.It //p' "$PAGES/man7/dev-infra-troubleshooting.7" | grep -E '^[a-z]|^[A-Z]{2,}|^.[a-z]+.:|^.origin' | grep -vE '^(p|git|zsh)( |:)')
  no_faults
}

@test "the lists of fields in the manual are those that the commands know" {
  local key atoms keys page
  machine laptop
  succeeds on laptop dev-infra init --name laptop
  project laptop app
  succeeds on laptop dev-infra register app
  runs 129 on laptop dev-infra-ls-projects --format '%(nosuch)'
  atoms=$(sed -n 's/.*known are: //p' <<<"$stderr")
  runs 129 on laptop dev-infra set app nosuch=x
  keys=$(sed -n 's/.*those that can are: //p' <<<"$stderr")
  [ -n "$atoms" ] && [ -n "$keys" ]
  # lists PAGE KEY: whether the page has an item for the key.
  lists() { grep -E '^\.It (Li|Cm) ' "$PAGES/$1" | tr -s ' ,' '\n' | grep -qxF -- "$2"; }
  for key in $atoms; do
    lists man1/dev-infra-ls-projects.1 "$key" || fault "dev-infra-ls-projects(1) does not list $key"
    case $key in
    path | paths | machines | rank | last_used) ;;
    # What is read from working trees.
    staged | changed | untracked | conflicted | stashed | ahead | behind | unpushed | gone) ;;
    dirty | noremote | missing | detached | busy | branch | last_commit | last_fetch | state) ;;
    *) lists man5/dev-infra-registry.5 "$key" || fault "dev-infra-registry(5) does not list $key" ;;
    esac
  done
  for key in $keys; do
    for page in man1/dev-infra-set.1 man5/dev-infra-yml.5; do
      # How much of a project is brought here is not for its own file to say.
      if [ "$page $key" = 'man5/dev-infra-yml.5 clone_options' ]; then continue; fi
      lists "$page" "$key" || fault "$page does not list $key"
    done
  done
  no_faults
}
