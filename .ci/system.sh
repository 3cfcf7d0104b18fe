# shellcheck shell=sh
# Summary: What systems differ in where the toolset is built, installed and checked; it is sourced, never run
# Usage: . .ci/system.sh

case $(uname -s) in
Darwin) system=macosx ;;
*) system=linux ;;
esac

# runtime_folder: where the toolchain has the libraries of Swift's runtime
runtime_folder() { swiftc -print-target-info | sed -n "s|^ *\"runtimeResourcePath\" *: *\"\(.*\)\",\{0,1\}\$|\1/$system|p"; }

# with_runtime COMMAND...: runs it so that what it starts finds these libraries
with_runtime() {
	case $system in
	# What macOS has of them is the system's own.
	macosx) "$@" ;;
	*) LD_LIBRARY_PATH=$(runtime_folder) "$@" ;;
	esac
}

# strip_to COPY FILE: an executable or a library, without its symbols, and with the same bytes wherever it was built
strip_to() {
	case $system in
	macosx)
		strip -x -o "$1" "$2"
		# Not even the loader takes a file whose signature is not of what it holds.
		codesign --force --sign - "$1"
		;;
	# Swift's hash of a module and the linker's build ID are of the folder that it was built in, too. Nothing reads the one, and there
	# are no separate symbols to find by the other.
	*)
		strip -o "$1" -- "$2"
		blank_section "$1" .swift_modhash
		blank_section "$1" .note.gnu.build-id
		;;
	esac
}

# blank_section FILE SECTION: fill a section with NUL bytes. Without it the loader would find no data to protect (RELRO).
blank_section() {
	blank_sections=$(readelf -S -W -- "$1")
	blank_size=$(printf '%s\n' "$blank_sections" | sed -n "s/^ *\\[ *[0-9]*\\] *$2 *[A-Z]* *[0-9a-f]* [0-9a-f]* \\([0-9a-f]*\\) .*/\\1/p")
	if [ -z "$blank_size" ]; then return; fi
	head -c "$((0x$blank_size))" /dev/zero >"$1.blank"
	objcopy --update-section "$2=$1.blank" -- "$1"
	rm -f -- "$1.blank"
}

# libraries_of FILE...: the libraries of Swift's runtime that executables load, themselves or by others, a path a line
libraries_of() {
	case $system in
	macosx) libraries_by_otool "$@" ;;
	*) libraries_by_ldd "$@" ;;
	esac
}

# ldd follows them.
libraries_by_ldd() {
	runtime=$(runtime_folder)
	found=$(mktemp)
	errors=$(mktemp)
	LD_LIBRARY_PATH=$runtime ldd "$@" >"$found" 2>"$errors" || {
		# It fails on executables that are linked statically, and on no others.
		if grep -v -F 'not a dynamic executable' "$errors" >&2; then return 128; fi
	}
	if grep -F 'not found' "$found" >&2; then
		printf 'fatal: a library that the executables need was not found\n' >&2
		return 128
	fi
	awk -v runtime="$runtime/" 'index($3, runtime) == 1 { print $3 }' "$found" | sort -u
	rm -f -- "$found" "$errors"
}

# macOS has most of them itself, by a path. What an older one lacks is called @rpath/NAME, and is in the toolchain.
libraries_by_otool() {
	runtime=$(runtime_folder)
	known=$(mktemp)
	while [ $# -gt 0 ]; do
		otool -L "$@" | sed -n 's|^[[:space:]]*@rpath/\([^ /]*\.dylib\) .*|\1|p' | sort -u >"$known.names"
		set --
		while IFS= read -r name; do
			if [ ! -f "$runtime/$name" ]; then
				printf "fatal: the library '%s' that the executables need was not found\n" "$name" >&2
				return 128
			fi
			if ! grep -q -x -F -e "$runtime/$name" "$known"; then
				printf '%s\n' "$runtime/$name" >>"$known"
				set -- "$@" "$runtime/$name"
			fi
		done <"$known.names"
	done
	sort -u "$known"
	rm -f -- "$known" "$known.names"
}

# date_to_seconds YYYY-MM-DD: since 1970
date_to_seconds() {
	case $system in
	macosx) TZ=UTC0 date -j -f '%Y-%m-%d %H:%M:%S' "$1 00:00:00" +%s ;;
	*) TZ=UTC0 date -d "$1" +%s ;;
	esac
}

# at_most SECONDS COMMAND...: for so long, where the system can end it then
at_most() {
	if command -v timeout >/dev/null 2>&1; then
		timeout "$@"
	else
		shift
		"$@"
	fi
}

# with_default_signals COMMAND...: ignores none that its caller ignores, where env can see to that
with_default_signals() {
	if env --default-signal true 2>/dev/null; then env --default-signal "$@"; else "$@"; fi
}

# processors: how many there are
processors() { getconf _NPROCESSORS_ONLN; }
