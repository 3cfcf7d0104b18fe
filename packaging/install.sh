#!/bin/sh
# Summary: Install dev-infra @VERSION@ for the user who runs this; no root, no compiler
# Usage: install.sh [--prefix DIR] [--from URL|DIR] [init URL [--clone]]
#        install.sh --uninstall [--prefix DIR]
#
# Out of an unpacked archive it installs what is beside it. Anywhere else, as when a shell reads it from a pipe, it first gets
# the archive and its checksum. Every file is checked before anything is installed, and is put in its place as a whole.
#
#   --prefix DIR    where to install; ~/.local unless given
#   --from URL|DIR  where dev-infra-@VERSION@-linux-x86_64.tar.gz and SHA256SUMS are: https, or a directory
#   --uninstall     remove what this has installed there, and nothing else
#   init URL        then make this machine's registry from the one at URL
#   --clone         then clone every project that it has
# A shell that got only a part of this, because a connection broke, does nothing: braces are read to their end first.
{
set -eu
umask 022
version=@VERSION@
glibc=@GLIBC@
from=@RELEASES@
archive=dev-infra-$version-linux-x86_64

# fail SENTENCE [HINT]
fail() {
	printf 'fatal: %s\n' "$1" >&2
	if [ -n "${2-}" ]; then printf 'hint: %s\n' "$2" >&2; fi
	exit 128
}

synopsis() {
	printf 'usage: install.sh [--prefix DIR] [--from URL|DIR] [init URL [--clone]]\n'
	printf '       install.sh --uninstall [--prefix DIR]\n'
}

usage() {
	printf 'error: %s\n' "$1" >&2
	synopsis >&2
	exit 129
}

help() {
	synopsis
	cat <<'END'

Install dev-infra @VERSION@ for the user who runs this; no root, no compiler.

    --prefix DIR          where to install; ~/.local unless given
    --from URL|DIR        where the archive and SHA256SUMS are: https, or a directory
    --uninstall           remove what this has installed there, and nothing else
    init URL              then make this machine's registry from the one at URL
    --clone               then clone every project that it has
    -h, --help            show this, and install nothing
END
	exit 129
}

prefix=${HOME-}/.local
remove=
registry=
clone=
while [ $# -gt 0 ]; do
	case $1 in
	--prefix | --from)
		if [ $# -lt 2 ]; then usage "option '$1' needs a value"; fi
		case $1 in --prefix) prefix=$2 ;; *) from=$2 ;; esac
		shift
		;;
	--prefix=*) prefix=${1#--prefix=} ;;
	--from=*) from=${1#--from=} ;;
	--uninstall) remove=yes ;;
	init)
		if [ $# -lt 2 ] || [ -z "$2" ]; then usage "'init' needs the URL of a registry"; fi
		registry=$2
		shift
		;;
	--clone) clone=yes ;;
	-h | --help) help ;;
	*) usage "there is no option or operand '$1'" ;;
	esac
	shift
done
if [ -n "$clone" ] && [ -z "$registry" ]; then usage "'--clone' goes with 'init URL'"; fi
case $registry in -*) usage "a URL does not begin with '-'" ;; esac
if [ -n "$remove" ] && [ -n "$registry" ]; then usage "'--uninstall' and 'init' do not go together"; fi
case $prefix in
/usr | /usr/) fail "installing in $prefix failed: that is the place of your system's packages" 'Another --prefix, such as /usr/local, is free' ;;
/?*) prefix=${prefix%/} ;;
*) fail "installing in '$prefix' failed: the prefix has to be absolute" ;;
esac
list=$prefix/share/dev-infra/installed

# remove_all LIST: what it names below the prefix; a name that ends in a slash is a directory, which goes where it is empty
remove_all() {
	while IFS= read -r name; do
		case $name in
		*/) ;;
		*) rm -f -- "$prefix/$name" ;;
		esac
	done <"$1"
	# The deepest first.
	grep '/$' "$1" | sort -r | while IFS= read -r name; do rmdir -- "$prefix/${name%/}" 2>/dev/null || :; done
}

if [ -n "$remove" ]; then
	if [ ! -f "$list" ]; then fail "removing dev-infra from $prefix failed: this script has not installed it there"; fi
	copy=$(mktemp)
	cp -- "$list" "$copy"
	rm -f -- "$list"
	remove_all "$copy"
	rm -f -- "$copy"
	printf 'removed dev-infra from %s; your registry and projects are where they were\n' "$prefix"
	exit 0
fi

# ---------------------------------------------------------------- what has to be there

case $(uname -s):$(uname -m) in
Linux:x86_64 | Linux:amd64) ;;
*) fail "this is a build for Linux on x86-64, not for $(uname -s) on $(uname -m)" 'The README of the source says what building it needs' ;;
esac

# is_at_least LEAST VERSION
is_at_least() {
	printf '%s\n%s\n' "$1" "$2" | awk -F . '
		{ for (i = 1; i <= 3; i++) part[NR, i] = $i + 0 }
		END { for (i = 1; i <= 3; i++) if (part[1, i] != part[2, i]) exit part[1, i] > part[2, i] }'
}

found=$(getconf GNU_LIBC_VERSION 2>/dev/null) || found=
found=${found#glibc }
if [ -z "$found" ]; then fail "this build needs glibc $glibc, and this system has another C library" 'There is no build for other C libraries'; fi
if ! is_at_least "$glibc" "$found"; then fail "this build needs glibc $glibc, and this system has $found" 'Building from source needs no newer one than this system has'; fi

found=$(git version 2>/dev/null) || found=
found=${found#git version }
if [ -z "$found" ]; then fail 'git is not installed' 'Install the package git'; fi
if ! is_at_least 2.32 "$found"; then fail "dev-infra needs git 2.32, and this is $found" 'Install a newer git'; fi

# sums FILE: checks the files that FILE names against their SHA-256, in the current directory
if command -v sha256sum >/dev/null 2>&1; then
	sums() { sha256sum -c "$1" >/dev/null 2>&1; }
elif command -v shasum >/dev/null 2>&1; then
	sums() { shasum -a 256 -c "$1" >/dev/null 2>&1; }
else
	fail 'there is neither sha256sum nor shasum to check what is installed' 'Install the package coreutils'
fi

# ---------------------------------------------------------------- what is installed

temporary=$(mktemp -d)
trap 'rm -rf -- "$temporary"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# get NAME: brings a file of the release to the temporary directory
get() {
	case $from in
	https://* | http://127.0.0.1[:/]* | http://localhost[:/]*)
		if command -v curl >/dev/null 2>&1; then
			curl -fsSL -o "$temporary/$1" -- "${from%/}/$1" || fail "getting $1 from $from failed"
		elif command -v wget >/dev/null 2>&1; then
			wget -q -O "$temporary/$1" "${from%/}/$1" || fail "getting $1 from $from failed"
		else
			fail 'there is neither curl nor wget to get the archive by' 'Install one of them, or get the archive yourself and use --from DIR'
		fi
		;;
	*://*) fail "getting $1 failed: '$from' is not https" ;;
	*) cp -- "$from/$1" "$temporary/$1" || fail "getting $1 from $from failed" ;;
	esac
}

here=
case $0 in
*install.sh) here=$(cd -- "$(dirname -- "$0")" && pwd) ;;
esac
if [ -n "$here" ] && [ -f "$here/SHA256SUMS" ] && [ -d "$here/libexec/dev-infra" ]; then
	tree=$here
else
	if [ -z "$from" ] && [ -n "$here" ] && [ -f "$here/$archive.tar.gz" ]; then from=$here; fi
	if [ -z "$from" ]; then fail 'where to get the archive from is not known' '--from URL says where the release is'; fi
	if [ -t 2 ]; then printf 'Getting %s from %s\n' "$archive.tar.gz" "$from" >&2; fi
	get SHA256SUMS
	get "$archive.tar.gz"
	cd -- "$temporary"
	grep "  $archive\.tar\.gz\$" SHA256SUMS >sum || fail "SHA256SUMS does not name $archive.tar.gz"
	sums sum || fail "the SHA-256 of $archive.tar.gz is not the one in SHA256SUMS" 'Nothing was installed'
	gzip -d -c "$archive.tar.gz" | tar -x -f - || fail "unpacking $archive.tar.gz failed"
	tree=$temporary/$archive
fi
cd -- "$tree"
sums SHA256SUMS || fail "files of $tree are not those that were packed: their SHA-256 differ" 'Nothing was installed'

# The dispatcher comes last: when it is there, everything is.
find lib libexec share bin/new-project.sh bin/dev-infra-* bin/git-remote-* bin/dev-infra ! -type d >"$temporary/files"
: >"$temporary/folders"
if [ -f "$list" ]; then grep '/$' "$list" >"$temporary/folders" || :; fi

# make_folder NAME: below the prefix; those that were made are noted, so that they can go again
make_folder() {
	if [ -d "$prefix/$1" ]; then return; fi
	case $1 in */*) make_folder "${1%/*}" ;; esac
	mkdir -p -- "$prefix/$1" || fail "making $prefix/$1 failed" 'A --prefix where you may write is needed'
	printf '%s/\n' "$1" >>"$temporary/folders"
}

if [ ! -d "$prefix" ]; then
	mkdir -p -- "$prefix" || fail "making $prefix failed" 'A --prefix where you may write is needed'
	printf '/\n' >>"$temporary/folders"
fi
while IFS= read -r file; do
	folder=${file%/*}
	name=${file##*/}
	make_folder "$folder"
	rm -f -- "$prefix/$folder/.$name.new"
	# shellcheck disable=SC2015 # either may fail
	cp -P -- "$file" "$prefix/$folder/.$name.new" && mv -f -- "$prefix/$folder/.$name.new" "$prefix/$file" ||
		fail "installing $prefix/$file failed" 'A --prefix where you may write, and some 120 MB, are needed'
done <"$temporary/files"
cp -- install.sh "$prefix/share/dev-infra/install.sh"
{
	cat -- "$temporary/files"
	printf 'share/dev-infra/install.sh\n'
	sort -u -- "$temporary/folders"
} >"$temporary/installed"
# What an earlier version had and this one does not.
if [ -f "$list" ]; then
	grep -v '/$' "$list" | grep -v -x -F -f "$temporary/installed" | while IFS= read -r file; do rm -f -- "$prefix/$file"; done
fi
cp -- "$temporary/installed" "$list.new"
mv -f -- "$list.new" "$list"

printf 'installed dev-infra %s in %s\n' "$version" "$prefix"
quoted=$(printf '%s\n' "$prefix" | sed "s/'/'\\\\''/g")
printf "To remove it: sh '%s/share/dev-infra/install.sh' --uninstall --prefix '%s'\n" "$quoted" "$quoted"
case :$PATH: in
*:"$prefix/bin":*) ;;
*)
	printf 'hint: %s/bin is not on your PATH; a line for your shell'\''s start-up file:\n' "$prefix"
	# shellcheck disable=SC2016 # for the shell that reads it later
	printf '  export PATH="%s/bin:$PATH"\n' "$prefix"
	;;
esac
if [ -n "$registry" ]; then
	"$prefix/bin/dev-infra" init "$registry"
	if [ -n "$clone" ]; then "$prefix/bin/dev-infra" clone --all; fi
else
	printf 'Next: dev-infra help tutorial\n'
fi
}
