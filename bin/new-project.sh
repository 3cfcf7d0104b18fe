#!/bin/sh
# Summary: Make a project from a template, asking for what is not said
#
# The same as 'dev-infra new'. On a terminal it asks for the name, the template and the description where they are not
# given; elsewhere everything is said by options.
#
# Usage: new-project.sh [--template <t>] [--description <text>] [--no-git] [--remote <url>] [<name>]
#        new-project.sh --list
#
# ARGUMENTS:
#   <name>                  The project's directory, whose last part is its name.
#
# OPTIONS:
#   --template <t>          A template's name, its directory, or its URL or URL#REF.
#   --description <text>    One line about the project.
#   --no-git                Make no repository.
#   --remote <url>          What becomes the remote 'origin'; nothing is sent there.
#   --list                  List the templates that go by a name.
#   -h, --help              Show help information.

# Where it is, and not the links that lead to it: before macOS 12.3 there is no `readlink -f`.
here=$0
while [ -h "$here" ]; do
	link=$(readlink -- "$here")
	case $link in /*) here=$link ;; *) here=${here%/*}/$link ;; esac
done
DEV_INFRA_EXEC_PATH=$(cd -P -- "${here%/*}/.." && pwd)/libexec/dev-infra
options='template= description= no-git remote= list'
# shellcheck source=libexec/dev-infra-sh-setup
. "$DEV_INFRA_EXEC_PATH/dev-infra-sh-setup"
operands 0 1 $#

if [ -n "$option_list" ]; then exec dev-infra-new --list; fi
name=${1-}
if [ -t 0 ] && [ -t 2 ]; then
	# ask QUESTION: sets $answer to a line
	ask() {
		printf '%s ' "$1" >&2
		IFS= read -r answer || exit 1
	}
	while [ -z "$name" ]; do
		ask 'Name of the project, or its directory:'
		name=$answer
	done
	if [ -z "$option_template" ]; then
		dev-infra-new --list >&2
		ask 'Template [standard-project]:'
		option_template=$answer
	fi
	if [ -z "$option_description" ]; then
		ask 'Description, one line [none]:'
		option_description=$answer
	fi
elif [ -z "$name" ]; then
	usage 'the name is missing, and there is no terminal to ask on'
fi

exec dev-infra-new ${option_template:+"--template=$option_template"} \
	${option_description:+"--description=$option_description"} ${option_no_git:+--no-git} \
	${option_remote:+"--remote=$option_remote"} -- "$name"
