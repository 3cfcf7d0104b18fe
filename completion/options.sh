#!/bin/sh
# Summary: Print what each command takes, read from its own -h, for completion
# Usage: completion/options.sh DEV-INFRA COMMAND-LIST
#
# COMMAND TAB WORD TAB VALUE TAB DESCRIPTION lines. WORD is an option, a subcommand, or an operand in angle brackets; VALUE
# is what the option's value is called, or the words that it may be, with `|` between them. COMMAND is `-` for dev-infra.
set -eu
program=$1
temporary=$(mktemp)
trap 'rm -f -- "$temporary"' EXIT

# table COMMAND: the help on standard input as lines of the table
table() {
	LC_ALL=C awk -v command="$1" '
		# emit WORD VALUE DESCRIPTION
		function emit(word, value, description) {
			if ((word in choices) && value != "") value = choices[word]
			if (!((word, value) in seen)) printf "%s\t%s\t%s\t%s\n", command, word, value, description
			seen[word, value] = 1
			listed[word] = 1
		}
		# One form of the usage: its subcommand, and options whose value is one of a few words.
		function form(text,  count, words, i, alternatives, n) {
			count = split(text, words, " ")
			n = command == "-" ? 1 : 2
			if (command != "-" && words[n + 1] ~ /^[a-z][a-z|-]*$/) {
				split(words[n + 1], alternatives, "|")
				for (i = 1; i in alternatives; i++) subcommands[++last] = alternatives[i]
			}
			for (i = n + 1; i < count; i++) {
				word = words[i]
				sub(/^\[/, "", word)
				value = words[i + 1]
				sub(/\].*$/, "", value)
				if (word ~ /^--?[A-Za-z]/ && value ~ /^[a-z-]+(\|[a-z-]+)+$/) choices[word] = value
				# The options of dev-infra itself are nowhere but in its usage.
				if (command == "-" && word ~ /^--?[A-Za-z]/) {
					sub(/[][].*$/, "", word)
					emit(word, words[i] !~ /\]/ && value ~ /^</ ? value : "", "")
				}
			}
		}
		function finish() {
			if (word != "") for (i = 1; i in flags; i++) emit(flags[i], value, description)
			word = ""
			split("", flags)
		}
		/^[A-Z]+:/ {
			finish()
			part = $1
		}
		# What stands behind an empty line is not usage any more.
		!NF && part == "USAGE:" { part = "" }
		part == "USAGE:" { sub(/^USAGE: */, ""); form($0) }
		(part == "OPTIONS:" || part == "ARGUMENTS:") && /^  [-<]/ {
			finish()
			head = substr($0, 3)
			description = ""
			if (match(head, /  +/)) {
				description = substr(head, RSTART + RLENGTH)
				head = substr(head, 1, RSTART - 1)
			}
			value = ""
			if (part == "OPTIONS:" && match(head, / <[^>]*>$/)) {
				value = substr(head, RSTART + 1)
				head = substr(head, 1, RSTART - 1)
			}
			count = split(head, flags, ", ")
			word = head
			next
		}
		/^          / && word != "" { sub(/^ +/, ""); description = description (description == "" ? "" : " ") $0 }
		END {
			finish()
			for (i = 1; i <= last; i++) emit(subcommands[i], "", "")
		}
	'
}

"$program" -h >"$temporary"
table - <"$temporary"
while IFS='	' read -r name category _; do
	case $category in guide | helper) continue ;; esac
	name=${name#dev-infra-}
	status=0
	"$program" "$name" -h >"$temporary" </dev/null || status=$?
	# -h is an answer about usage, and ends with 129.
	if [ "$status" -ne 129 ]; then
		printf 'warning: dev-infra %s -h ended with %d; completion does not know its options\n' "$name" "$status" >&2
		continue
	fi
	table "$name" <"$temporary"
done <"$2"
