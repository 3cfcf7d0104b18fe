# shellcheck shell=bash
# bash completion for dev-infra. What there is to complete comes from dev-infra-complete(1), already quoted for the place
# at the cursor; where it has nothing, bash completes files. Variables have names that nobody else has made read-only.
_dev_infra() {
	COMPREPLY=()
	# bash 3 has no mapfile.
	if [ "${BASH_VERSINFO[0]}" -ge 4 ]; then
		\builtin mapfile -t COMPREPLY < <(_dev_infra_replies)
	else
		local dev_infra_reply
		while IFS= \builtin read -r dev_infra_reply; do COMPREPLY+=("$dev_infra_reply"); done < <(_dev_infra_replies)
	fi
}

# The first word may be an alias to which a person has bound this function: it stands for what the alias says, and
# anything else for dev-infra.
_dev_infra_replies() {
	local dev_infra_line=${COMP_LINE:0:COMP_POINT} dev_infra_word dev_infra_meaning=
	dev_infra_word=${dev_infra_line%%[[:space:]]*}
	case ${dev_infra_word##*/} in
	dev-infra | dev-infra-*) dev_infra_meaning=$dev_infra_word ;;
	*)
		if [ "${BASH_VERSINFO[0]}" -ge 4 ]; then dev_infra_meaning=${BASH_ALIASES[$dev_infra_word]-}; fi
		case $dev_infra_meaning in
		dev-infra | 'dev-infra '* | dev-infra-* | */dev-infra | */'dev-infra '* | */dev-infra-*) ;;
		*) dev_infra_meaning=dev-infra ;;
		esac
		;;
	esac
	\command dev-infra-complete --bash --breaks "${COMP_WORDBREAKS-}" -- "$dev_infra_meaning${dev_infra_line#"$dev_infra_word"}" 2>/dev/null
}

complete -o bashdefault -o default -F _dev_infra dev-infra
