#!/usr/bin/env bats
# install.sh, which installs an archive for one user: what it checks before it begins, what it puts where, and that it can be undone.

# shellcheck disable=SC2154 # bats' run sets stderr

load helper

setup() {
  begin
  machine laptop
  HOME=$WORLD/laptop
  VERSION=1.2.3
  NAME=dev-infra-$VERSION-linux-x86_64
  RELEASE=$WORLD/release
  release "$VERSION"
}

# release VERSION [FILE…]: an archive of made-up commands in $RELEASE, with further files
release() {
  local version=$1 name=dev-infra-$1-linux-x86_64 tree=$WORLD/packed/dev-infra-$1-linux-x86_64 file
  shift
  mkdir -p "$tree"/{bin,lib/dev-infra,libexec/dev-infra,share/dev-infra/templates,share/man/man1} "$RELEASE"
  printf '#!/bin/sh\necho "%s $*"\n' "$version" >"$tree/bin/dev-infra"
  chmod 755 "$tree/bin/dev-infra"
  printf '#!/bin/sh\n' >"$tree/libexec/dev-infra/dev-infra-cat-project"
  printf '#!/bin/sh\n' >"$tree/bin/new-project.sh"
  ln -sf ../libexec/dev-infra/dev-infra-cat-project "$tree/bin/dev-infra-cat-project"
  ln -sf ../libexec/dev-infra/git-remote-work-prod "$tree/bin/git-remote-work-prod"
  touch "$tree/lib/dev-infra/libone.so" "$tree/share/dev-infra/templates/.dot" "$tree/share/man/man1/dev-infra.1"
  for file; do touch "$tree/$file"; done
  sed -e "s|@VERSION@|$version|g" -e "s|@GLIBC@|${GLIBC-2.17}|g" -e "s|@RELEASES@||g" "$BATS_TEST_DIRNAME/../../packaging/install.sh" >"$tree/install.sh"
  chmod 755 "$tree/install.sh"
  (cd "$tree" && find . -type f ! -name SHA256SUMS -printf '%P\n' | sort | xargs sha256sum >"$WORLD/sums" && mv "$WORLD/sums" SHA256SUMS)
  tar -C "$WORLD/packed" -c -z -f "$RELEASE/$name.tar.gz" "$name"
  cp "$tree/install.sh" "$RELEASE"
  (cd "$RELEASE" && sha256sum -- *.tar.gz install.sh >SHA256SUMS)
}

# tree: what is in the home directory, but for git's configuration
tree() { (cd "$HOME" && find . ! -name .gitconfig | LC_ALL=C sort); }

@test "it installs below the prefix with every shell, and goes away without a trace" {
  local shell before
  before=$(tree)
  for shell in dash bash 'busybox sh' posh; do
    if ! command -v "${shell%% *}" >/dev/null; then continue; fi
    # The words of a shell are split.
    # shellcheck disable=SC2086
    quietly $shell "$RELEASE/install.sh"
    assert_output_has "installed dev-infra $VERSION in $HOME/.local"
    assert_output_has "$HOME/.local/bin is not on your PATH"
    equal "$("$HOME/.local/bin/dev-infra" list)" "$VERSION list"
    [ -h "$HOME/.local/bin/dev-infra-cat-project" ]
    [ -f "$HOME/.local/share/dev-infra/templates/.dot" ]
    # shellcheck disable=SC2086
    quietly $shell "$HOME/.local/share/dev-infra/install.sh" --uninstall
    equal "$(tree)" "$before"
  done
}

@test "out of an unpacked archive it installs what is beside it, and from a pipe what --from names" {
  quietly "$WORLD/packed/$NAME/install.sh" --prefix "$WORLD/one"
  equal "$("$WORLD/one/bin/dev-infra")" "$VERSION "
  quietly sh -s -- --prefix="$WORLD/the other" --from="$RELEASE" <"$RELEASE/install.sh"
  equal "$("$WORLD/the other/bin/dev-infra")" "$VERSION "
  refuses 128 '--from URL' sh -s -- <"$RELEASE/install.sh"
  # What it says removes it does, wherever that is.
  quietly "$RELEASE/install.sh" --prefix "$WORLD/it's \$here"
  quietly sh -c "$(sed -n 's/^To remove it: //p' <<<"$output")"
  [ ! -e "$WORLD/it's \$here" ]
}

@test "of a script that breaks off nothing is done" {
  local before size part shell
  before=$(tree)
  size=$(stat -c %s "$RELEASE/install.sh")
  for shell in dash bash 'busybox sh'; do
    if ! command -v "${shell%% *}" >/dev/null; then continue; fi
    for part in 2 3 4 10 20 50; do
      # shellcheck disable=SC2086
      run $shell -s -- --from "$RELEASE" < <(head -c $((size - size / part)) "$RELEASE/install.sh")
      [ "$status" -ne 0 ] || explain "$shell, without 1/$part"
    done
  done
  equal "$(tree)" "$before"
}

@test "with init it begins from a registry, and clones what that has" {
  quietly "$RELEASE/install.sh" init https://h.example/registry.git --clone
  assert_output_has "$VERSION init https://h.example/registry.git"
  assert_output_has "$VERSION clone --all"
  refuses 129 "begin with '-'" "$RELEASE/install.sh" init --upload-pack=x
  refuses 129 "'init URL'" "$RELEASE/install.sh" --clone
}

@test "what is not what was packed is not installed: the archive, a file of it, and no checksum at all" {
  local before
  before=$(tree)
  cp -R "$RELEASE" "$WORLD/bad"
  printf 'x' >>"$WORLD/bad/$NAME.tar.gz"
  refuses 128 "SHA-256 of $NAME.tar.gz" "$WORLD/bad/install.sh"
  cp "$RELEASE/$NAME.tar.gz" "$WORLD/bad"
  grep -v "$NAME" "$RELEASE/SHA256SUMS" >"$WORLD/bad/SHA256SUMS"
  refuses 128 "does not name $NAME.tar.gz" "$WORLD/bad/install.sh"
  printf 'x' >>"$WORLD/packed/$NAME/lib/dev-infra/libone.so"
  refuses 128 'their SHA-256 differ' "$WORLD/packed/$NAME/install.sh"
  rm "$WORLD/packed/$NAME/lib/dev-infra/libone.so"
  refuses 128 'their SHA-256 differ' "$WORLD/packed/$NAME/install.sh"
  equal "$(tree)" "$before"
}

@test "it takes archives by https or from a directory, and by nothing else" {
  refuses 128 'is not https' "$RELEASE/install.sh" --from http://h.example/
  refuses 128 'is not https' "$RELEASE/install.sh" --from ftp://h.example/
}

@test "it says what this system lacks before it begins" {
  local before
  before=$(tree)
  mkdir "$WORLD/bin"
  printf '#!/bin/sh\necho git version 2.25.1\n' >"$WORLD/bin/git"
  chmod +x "$WORLD/bin/git"
  refuses 128 'needs git 2.32, and this is 2.25.1' env PATH="$WORLD/bin:$PATH" "$RELEASE/install.sh"
  printf '#!/bin/sh\necho aarch64\n' >"$WORLD/bin/uname"
  chmod +x "$WORLD/bin/uname"
  refuses 128 'not for aarch64 on aarch64' env PATH="$WORLD/bin:$PATH" "$RELEASE/install.sh"
  rm "$WORLD/bin"/*
  printf '#!/bin/sh\necho glibc 2.31\n' >"$WORLD/bin/getconf"
  chmod +x "$WORLD/bin/getconf"
  GLIBC=2.36 release "$VERSION"
  refuses 128 'needs glibc 2.36, and this system has 2.31' env PATH="$WORLD/bin:$PATH" "$RELEASE/install.sh"
  printf '#!/bin/sh\nexit 1\n' >"$WORLD/bin/getconf"
  refuses 128 'another C library' env PATH="$WORLD/bin:$PATH" "$RELEASE/install.sh"
  refuses 128 "system's packages" "$RELEASE/install.sh" --prefix /usr
  refuses 128 'absolute' "$RELEASE/install.sh" --prefix here
  equal "$(tree)" "$before"
}

@test "another version takes the place of the first, and what only that had is gone" {
  mkdir -p "$HOME/.local/bin"
  printf 'mine\n' >"$HOME/.local/bin/mine"
  release 1.2.2 share/dev-infra/old
  quietly "$RELEASE/install.sh"
  [ -e "$HOME/.local/share/dev-infra/old" ]
  release "$VERSION" share/dev-infra/new
  quietly "$RELEASE/install.sh"
  equal "$("$HOME/.local/bin/dev-infra")" "$VERSION "
  [ ! -e "$HOME/.local/share/dev-infra/old" ]
  [ -e "$HOME/.local/share/dev-infra/new" ]
  quietly "$RELEASE/install.sh" --uninstall
  equal "$(tree)" $'.\n./.local\n./.local/bin\n./.local/bin/mine'
  refuses 128 'has not installed it there' "$RELEASE/install.sh" --uninstall
}

@test "its command line is checked" {
  refuses 129 "'--frob'" "$RELEASE/install.sh" --frob
  refuses 129 "'--from' needs a value" "$RELEASE/install.sh" --from
  for option in -h --help; do
    runs 129 "$RELEASE/install.sh" "$option"
    equal "$stderr" ''
    holds "$output" '--uninstall           remove what this has installed there'
  done
  refuses 129 'do not go together' "$RELEASE/install.sh" --uninstall init x
}

# ---------------------------------------------------------------- releases

# checkout: a repository with what packaging/release looks at, in $WORLD/source
checkout() {
  local root=$BATS_TEST_DIRNAME/../..
  mkdir -p "$WORLD/source"/{share,Sources/Core/SystemSupport}
  cp -R "$root/packaging" "$root/.ci" "$WORLD/source"
  printf 'public enum ToolsetVersion {\n  public static let number = "0.1.0"\n}\n' >"$WORLD/source/Sources/Core/SystemSupport/ToolsetVersion.swift"
  printf 'openapi: 3.1.0\ninfo:\n  version: 0.1.0\n' >"$WORLD/source/share/openapi.yaml"
  printf '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One.\n' >"$WORLD/source/CHANGELOG.md"
  printf '/dist/\n/.build/\n' >"$WORLD/source/.gitignore"
  git init -q "$WORLD/source"
  git -C "$WORLD/source" add .
  GIT_COMMITTER_DATE='2024-05-01T12:00:00Z' git -C "$WORLD/source" commit -q -m 'One'
}

@test "the version of packages grows with each commit, and is the plain one on its tag" {
  checkout
  local source=$WORLD/source first second
  first=$("$source/packaging/version")
  [[ $first =~ ^0\.1\.0\+git202405011200\.[0-9a-f]{9}$ ]] || explain "$first"
  equal "$("$source/packaging/version" --epoch)" 1714564800
  equal "$(SOURCE_DATE_EPOCH=7 "$source/packaging/version" --epoch)" 7
  GIT_COMMITTER_DATE='2024-05-01T12:01:00Z' git -C "$source" commit -q --allow-empty -m 'Two'
  second=$("$source/packaging/version")
  equal "$(printf '%s\n%s\n%s\n%s\n' 0.2.0 "$second" "$first" 0.1.0 | sort -V | paste -s -d ' ' -)" "0.1.0 $first $second 0.2.0"
  git -C "$source" tag -a -m x v0.1.0
  equal "$("$source/packaging/version")" 0.1.0
  # Whatever repository the caller is in, and that of another project around it.
  equal "$(GIT_DIR=$WORLD/nowhere "$source/packaging/version")" 0.1.0
  git -C "$source" tag -d v0.1.0 >/dev/null
  rm -rf "$source/.git"
  project . around
  mv "$source" "$WORLD/around/source"
  equal "$(unset GIT_CEILING_DIRECTORIES && "$WORLD/around/source/packaging/version")" 0.1.0
}

@test "a release sets its version everywhere, dates the changelog, commits and tags" {
  checkout
  local source=$WORLD/source
  mkdir "$source/dist" "$source/.build"
  touch "$source/dist/old" "$source/.build/old"
  # What was built here before is not there where the release is built.
  cat >"$WORLD/make" <<'END'
#!/bin/sh
mkdir dist
printf '%s %s\n' "$(packaging/version)" "$*" >dist/SHA256SUMS
if [ -e .build ] || [ -e dist/old ]; then exit 1; fi
END
  chmod +x "$WORLD/make"
  quietly env MAKE="$WORLD/make" TMPDIR="$BATS_TEST_TMPDIR" SOURCE_DATE_EPOCH=1714564800 "$source/packaging/release" 0.2.0
  assert_output_has '0.2.0 deb dist'
  equal "$(ls "$source/dist")" SHA256SUMS
  equal "$(find "$BATS_TEST_TMPDIR" -name dev-infra -type d -path '*tmp.*')" '' 'what was built in'
  assert_output_has 'git push --atomic origin main v0.2.0'
  equal "$(git -C "$source" log -1 --format=%s 'v0.2.0^{commit}')" 'Release 0.2.0'
  equal "$(git -C "$source" status --porcelain)" ''
  equal "$(grep -r -h -o -F 0.2.0 "$source/Sources" "$source/share" | wc -l)" 2
  equal "$(cat "$source/CHANGELOG.md")" $'# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2024-05-01\n\n### Added\n\n- One.'
  equal "$("$source/packaging/version")" 0.2.0
}

@test "a commit is built once more elsewhere, and each file is compared" {
  checkout
  local source=$WORLD/source version
  version=$("$source/packaging/version")
  refuses 128 "there is no archive of $version" env MAKE=true "$source/packaging/reproduce"
  cat >"$WORLD/make" <<'END'
#!/bin/sh
mkdir dist
printf 'the same\n' >"dist/dev-infra-$(packaging/version)-linux-x86_64.tar.gz"
printf '%s\n' "${DIFFERENT-the same}" >dist/SHA256SUMS
END
  chmod +x "$WORLD/make"
  (cd "$source" && "$WORLD/make")
  quietly env MAKE="$WORLD/make" TMPDIR="$BATS_TEST_TMPDIR" "$source/packaging/reproduce"
  assert_output "same: dist/SHA256SUMS
same: dist/dev-infra-$version-linux-x86_64.tar.gz"
  runs 1 env MAKE="$WORLD/make" DIFFERENT="$BATS_TEST_TMPDIR" TMPDIR="$BATS_TEST_TMPDIR" "$source/packaging/reproduce"
  assert_output_has 'differs: dist/SHA256SUMS'
  runs 1 env MAKE=true TMPDIR="$BATS_TEST_TMPDIR" "$source/packaging/reproduce"
  assert_output_has "differs: dist/dev-infra-$version"
  equal "$(find "$BATS_TEST_TMPDIR" -name another)" '' 'what was built in'
  touch "$source/new"
  refuses 128 'not committed' env MAKE=true "$source/packaging/reproduce"
}

@test "a release is refused before anything changes" {
  checkout
  local source=$WORLD/source version
  for version in '' 0.2 0.2.0-rc1 v0.2.0 0.02.0 '0.2.0 '; do
    refuses 128 'not a version of three numbers' env MAKE=true "$source/packaging/release" "$version"
  done
  refuses 128 'is older than 0.1.0' env MAKE=true "$source/packaging/release" 0.0.9
  touch "$source/new"
  refuses 128 'not committed' env MAKE=true "$source/packaging/release" 0.2.0
  rm "$source/new"
  git -C "$source" tag -a -m x v0.2.0
  refuses 128 'the tag v0.2.0 exists' env MAKE=true "$source/packaging/release" 0.2.0
  sed -i '/^- One/d' "$source/CHANGELOG.md"
  git -C "$source" commit -q -a -m 'Nothing'
  refuses 128 'says nothing under Unreleased' env MAKE=true "$source/packaging/release" 0.3.0
  equal "$(git -C "$source" log -1 --format=%s)" Nothing
}

@test "where packing fails, a release says how to take it back" {
  checkout
  runs 128 env MAKE=false "$WORLD/source/packaging/release" 0.2.0
  assert_stderr_has 'fatal: the packages were not made'
  assert_stderr_has "git tag -d v0.2.0 && git reset --hard $(git -C "$WORLD/source" rev-parse HEAD^)"
}
