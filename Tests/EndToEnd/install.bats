#!/usr/bin/env bats
# The installed tree: it holds all it needs, names nothing outside, and goes away without a trace.

load helper

setup() {
  begin
  machine laptop
  HOME=$WORLD/laptop
}

executables() {
  local file
  for file in "$DEV_INFRA_PREFIX"/bin/dev-infra "$DEV_INFRA_PREFIX"/libexec/dev-infra/* "$DEV_INFRA_PREFIX"/lib/dev-infra/*; do
    if [ "$(head -c 4 "$file" | tail -c 3)" = ELF ]; then printf '%s\n' "$file"; fi
  done
}

@test "executables look for libraries beside themselves only" {
  if ! command -v readelf >/dev/null; then skip 'readelf is not installed'; fi
  local file paths
  while IFS= read -r file; do
    paths=$(readelf -d "$file" | sed -n -E 's/.*\((RUNPATH|RPATH)\).*\[(.*)\]/\2/p' | tr : '\n')
    while IFS= read -r path; do
      # shellcheck disable=SC2016 # the loader's own word
      case $path in '' | '$ORIGIN' | '$ORIGIN/../../lib/dev-infra') ;; *) explain "$file: $path" ;; esac
    done <<<"$paths"
  done < <(executables)
}

@test "executables carry neither debugging symbols nor paths of the build" {
  local file tree
  tree=$(cd "$BATS_TEST_DIRNAME/../.." && pwd -P)
  while IFS= read -r file; do
    if LC_ALL=C grep -q -a -F -e "$tree/" "$file"; then explain "$file names $tree"; fi
  done < <(executables)
}

@test "executables hold nothing by which two builds of one commit differ" {
  if ! command -v readelf >/dev/null; then skip 'readelf is not installed'; fi
  local file section
  while IFS= read -r file; do
    for section in .swift_modhash .note.gnu.build-id; do
      if readelf -S -W "$file" | grep -q -F " $section "; then
        readelf -x "$section" "$file" | grep -q -E '^ *0x[0-9a-f]+ [0-9a-f]{8}' || explain "$file $section"
        equal "$(readelf -x "$section" "$file" | sed -n 's/^ *0x[0-9a-f]* \([0-9a-f ]\{35\}\).*/\1/p' | tr -d ' 0\n')" '' "$file $section"
      fi
    done
  done < <(executables)
}

@test "what the loader has settled is read-only in every executable and library" {
  if ! command -v readelf >/dev/null; then skip 'readelf is not installed'; fi
  local file
  while IFS= read -r file; do
    readelf -l -W "$file" | grep -q GNU_RELRO || explain "$file"
  done < <(executables)
}

@test "only libraries that some executable needs are installed, and Foundation itself is not" {
  local library
  for library in "$DEV_INFRA_PREFIX"/lib/dev-infra/*; do
    executables | tr '\n' '\0' | xargs -0 readelf -d | grep -q -F "[${library##*/}]" || explain "$library is not needed"
  done
  [ ! -e "$DEV_INFRA_PREFIX/lib/dev-infra/libFoundation.so" ] || explain 'Foundation'
}

@test "the tree weighs at most 90 MB" {
  [ "$(du -s -k "$DEV_INFRA_PREFIX" | cut -f 1)" -le 87890 ]
}

@test "the tree works from anywhere, without the environment of the build" {
  cp -a "$DEV_INFRA_PREFIX" "$WORLD/moved here"
  cd "$WORLD/laptop" || return
  project laptop app
  quietly env -i HOME="$HOME" PATH=/usr/bin:/bin "$WORLD/moved here/bin/dev-infra" init --name laptop
  quietly env -i HOME="$HOME" PATH=/usr/bin:/bin "$WORLD/moved here/bin/dev-infra" register app
  quietly env -i HOME="$HOME" PATH=/usr/bin:/bin "$WORLD/moved here/bin/dev-infra" list
  assert_output_has "$WORLD/laptop/app"
  equal "$(env -i PATH=/usr/bin:/bin "$WORLD/moved here/bin/dev-infra-check-url" https://example.org/x)" https://example.org/x
  equal "$(env -i PATH=/usr/bin:/bin "$WORLD/moved here/bin/dev-infra" --exec-path)" "$(pwd -P | sed 's|/laptop$||')/moved here/libexec/dev-infra"
}

@test "everybody may read and run it, nobody else may write it" {
  equal "$(find "$DEV_INFRA_PREFIX" -type f ! -perm -444 -print -o -type f -perm /022 -print)" ''
  equal "$(find "$DEV_INFRA_PREFIX/lib" "$DEV_INFRA_PREFIX/libexec" -name 'dev-infra*' -type f ! -name '*-sh-setup' ! -perm -111)" ''
}

@test "installing over an older version takes away what only that one had" {
  local program name
  PATH=$PATH:$CALLERS_PATH
  command -v swiftc >/dev/null || skip 'installing asks the Swift toolchain for its libraries'
  cp -a "$DEV_INFRA_PREFIX" "$WORLD/tree"
  # The folder of a build has each executable by its whole name.
  mkdir "$WORLD/built"
  cp "$DEV_INFRA_PREFIX/bin/dev-infra" "$WORLD/built"
  for program in "$DEV_INFRA_PREFIX"/libexec/dev-infra/*; do
    name=${program##*/}
    if [ -h "$program" ] || [ "$(head -c 4 -- "$program" 2>/dev/null | tail -c 3)" != ELF ]; then continue; fi
    case $name in dev-infra-* | git-*) ;; *) name=dev-infra-$name ;; esac
    cp "$program" "$WORLD/built/$name"
  done
  printf 'old\n' | tee "$WORLD/tree/libexec/dev-infra/dev-infra-gone" >"$WORLD/tree/lib/dev-infra/libgone.so"
  ln -s ../libexec/dev-infra/dev-infra-gone "$WORLD/tree/bin/dev-infra-gone"
  ln -s /elsewhere "$WORLD/tree/bin/dev-infra-link"
  succeeds "$BATS_TEST_DIRNAME/../../.ci/install" '' "$WORLD/tree" "$WORLD/built"
  # What to do next.
  for name in 'Next:' 'dev-infra init' 'dev-infra register --recursive ~' 'dev-infra shell-init bash' 'dev-infra completion bash' \
    'dev-infra hooks install --global' "hint: $WORLD/tree/bin is not on your PATH"; do
    assert_output_has "$name"
  done
  equal "$(cd "$WORLD/tree" && find . ! -type d | LC_ALL=C sort)" \
    "$({ cd "$DEV_INFRA_PREFIX" && find . ! -type d; echo ./bin/dev-infra-link; } | LC_ALL=C sort)"
}

@test "uninstalling removes what was installed, and nothing else" {
  cp -a "$DEV_INFRA_PREFIX" "$WORLD/tree"
  printf 'mine\n' >"$WORLD/tree/bin/dev-infra-mine"
  printf 'mine\n' >"$WORLD/tree/share/man/man1/other.1"
  ln -s /elsewhere "$WORLD/tree/bin/dev-infra-link"
  "$BATS_TEST_DIRNAME/../../.ci/uninstall" '' "$WORLD/tree"
  equal "$(cd "$WORLD/tree" && find . ! -type d | LC_ALL=C sort)" $'./bin/dev-infra-link\n./bin/dev-infra-mine\n./share/man/man1/other.1'
}
