#!/usr/bin/env bats
# What is built is installed in macOS's way too: on a system that calls itself Darwin, whose tools are made up of what
# their manual pages say that they take.

# shellcheck disable=SC2016 # what the tools are made of
# shellcheck disable=SC2030,SC2031,SC2154 # every test is a shell of its own; bats' run sets stderr

load helper

setup() {
  begin
  SOURCE=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
  TOOLS=$WORLD/tools
  BUILT=$WORLD/built
  RUNTIME=$WORLD/toolchain/lib/swift
  mkdir -p "$TOOLS" "$BUILT" "$RUNTIME/macosx"
  export BUILT RUNTIME WORLD
  tool uname <<<'echo Darwin'
  tool swiftc <<<'case $1 in -print-target-info) printf "{\n  \"paths\": {\n    \"runtimeResourcePath\": \"%s\",\n    \"x\": 1\n  }\n}\n" "$RUNTIME" ;; *) echo "Swift version 6.3" ;; esac'
  tool pkg-config <<<'echo 1.0'
  # What a file needs stands beside it.
  tool otool <<<'[ "$1" = -L ] || exit 1; shift; for file; do echo "$file:"; if [ -f "$file.needs" ]; then cat "$file.needs"; fi; done'
  tool strip <<<'[ "$1 $2 $#" = "-x -o 4" ] || exit 1; cp "$4" "$3"; echo "# stripped" >>"$3"'
  tool codesign <<<'[ "$1 $2 $3 $#" = "--force --sign - 4" ] || exit 1; echo "# signed" >>"$4"'
  tool ldd <<<'echo "ldd was called" >&2; exit 1'
}

# tool NAME: a program of that system, which the script on stdin is
tool() {
  { printf '#!/bin/sh\n' && cat; } >"$TOOLS/$1"
  chmod 755 "$TOOLS/$1"
}

# needs FILE NAME...: otool's lines about the libraries that it loads
needs() {
  local file=$1 name
  shift
  for name; do printf '\t%s (compatibility version 1.0.0, current version 1.0.0)\n' "$name"; done >"$file.needs"
}

# libraries FILE...: what of the toolchain's is installed with them
libraries() { (cd "$SOURCE" && PATH=$TOOLS:$PATH && . .ci/system.sh && libraries_of "$@"); }

@test "Darwin: libraries of the toolchain are found by what loads them, and the system's own are left where they are" {
  touch "$BUILT/one" "$BUILT/two" "$RUNTIME/macosx/libswiftA.dylib" "$RUNTIME/macosx/libswiftB.dylib" "$RUNTIME/macosx/libswiftC.dylib"
  needs "$BUILT/one" /usr/lib/swift/libswiftCore.dylib @rpath/libswiftA.dylib /opt/homebrew/opt/libgit2/lib/libgit2.1.9.dylib
  needs "$BUILT/two" /usr/lib/libSystem.B.dylib
  # One loads another, and that the first.
  needs "$RUNTIME/macosx/libswiftA.dylib" @rpath/libswiftA.dylib @rpath/libswiftB.dylib
  needs "$RUNTIME/macosx/libswiftB.dylib" @rpath/libswiftB.dylib @rpath/libswiftA.dylib
  equal "$(libraries "$BUILT/one" "$BUILT/two" | paste -s -d ' ')" "$RUNTIME/macosx/libswiftA.dylib $RUNTIME/macosx/libswiftB.dylib"
  equal "$(libraries "$BUILT/two")" ''
}

@test "Darwin: a library that is nowhere is named" {
  touch "$BUILT/one"
  needs "$BUILT/one" @rpath/libswiftGone.dylib
  run --separate-stderr libraries "$BUILT/one"
  equal "$status" 128
  assert_stderr_line "^fatal: the library 'libswiftGone.dylib'"
}

@test "Darwin: what is installed is stripped, signed, and has its libraries beside it" {
  local name
  touch "$RUNTIME/macosx/libswiftA.dylib"
  # Each command answers -h as ours do.
  while read -r name; do
    printf '#!/bin/sh\nprintf "OVERVIEW: it\\n\\nUSAGE: it\\n"; exit 129\n' >"$BUILT/$name"
    chmod 755 "$BUILT/$name"
  done < <(awk -F '\t' '/^[^#]/ { print $1; if ($4 != "") print $4 }' "$SOURCE/man/command-list.txt")
  # Those that are scripts or guides are built by nobody.
  for name in "$SOURCE"/libexec/*; do rm -f "$BUILT/${name##*/}"; done
  needs "$BUILT/dev-infra" @rpath/libswiftA.dylib
  printf '#!/bin/sh\nprintf "OVERVIEW: it\\n\\nUSAGE: it\\n"\n' >"$BUILT/dev-infra"
  needs "$BUILT/dev-infra-commands" @rpath/libswiftA.dylib
  PATH=$TOOLS:$PATH run --separate-stderr "$SOURCE/.ci/install" '' "$WORLD/prefix" "$BUILT"
  equal "$status" 0 "$stderr"
  lacks "$stderr" ldd
  equal "$(tail -n 2 "$WORLD/prefix/lib/dev-infra/libswiftA.dylib" | paste -s -d ' ')" '# stripped # signed'
  equal "$(tail -n 2 "$WORLD/prefix/libexec/dev-infra/commands" | paste -s -d ' ')" '# stripped # signed'
  [ -x "$WORLD/prefix/bin/dev-infra" ]
  [ -x "$WORLD/prefix/libexec/dev-infra/dev-infra-show" ]
}

@test "days become seconds on both systems" {
  tool date <<<'[ "$*" = "-j -f %Y-%m-%d %H:%M:%S 2026-11-23 00:00:00 +%s" ] && echo darwin'
  equal "$(cd "$SOURCE" && PATH=$TOOLS:$PATH && . .ci/system.sh && date_to_seconds 2026-11-23)" darwin
  equal "$(cd "$SOURCE" && . .ci/system.sh && date_to_seconds 2026-11-23)" 1795392000
}

@test "the flags of the build are those of the linker that is there" {
  local flags
  tool brew <<<'echo /opt/homebrew'
  flags=$(PATH=$TOOLS:$PATH make -s -n -C "$SOURCE" build)
  holds "$flags" '@loader_path/../../lib/dev-infra'
  holds "$flags" -dead_strip
  lacks "$flags" ORIGIN
  lacks "$flags" icf
  flags=$(make -s -n -C "$SOURCE" build)
  holds "$flags" "'\$ORIGIN/../../lib/dev-infra'"
  lacks "$flags" loader_path
}
