#!/bin/sh
# Summary: Show how far a build is, of which standard input has what it says; all of that goes to a file
# Usage: progress.sh LOG
#
# On a terminal it is one line that changes, elsewhere a line for each tenth.
set -eu
log=$1
: >"$log"
width=${COLUMNS:-79}
tenth=-1

# show TEXT
show() { printf '\r\033[K%.*s' "$width" "$1"; }

while IFS= read -r line; do
	printf '%s\n' "$line" >>"$log"
	case $line in
	'Fetching '* | 'Cloning '* | 'Installing:'*)
		if [ -t 1 ]; then show "$line"; else printf '%s\n' "$line"; fi
		;;
	'['[0-9]*/[0-9]*'] '*)
		numbers=${line%%]*}
		numbers=${numbers#\[}
		done=${numbers%/*}
		all=${numbers#*/}
		case $done$all in *[!0-9]*) continue ;; esac
		if [ "$all" -eq 0 ]; then continue; fi
		percent=$((done * 100 / all))
		if [ -t 1 ]; then
			show "$(printf 'Building: %3d %% (%d of %d)  %s' "$percent" "$done" "$all" "${line#*] }")"
		elif [ $((percent / 10)) -gt "$tenth" ]; then
			tenth=$((percent / 10))
			printf 'Building: %d %%\n' "$percent"
		fi
		;;
	esac
done
if [ -t 1 ]; then printf '\r\033[K'; fi
