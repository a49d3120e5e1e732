# shellcheck shell=bash
# A copy of the project in a folder of its own, for scripts that build and test
# it in another way. Source it after tools/lib.sh. It must never change the
# clone, but for tmp_check/, where what failed in the copy is left.

# open_work NAME: sets `work`, below which all is made, removed at the end.
open_work()
{
	clone=$PWD
	work=$(mktemp -d "${TMPDIR:-/tmp}/peoplecall-$1.XXXXXX")
	chmod 755 "$work"
	trap close_work EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

close_work()
{
	local status=$?
	if [ -d "$work/tree/tmp_check" ]; then
		rm -rf "$clone/tmp_check"
		cp -r "$work/tree/tmp_check" "$clone"
	fi
	rm -rf "$work"
	exit "$status"
}

# What git does not ignore, to $work/tree; $work/stage is there to install below.
copy_tree()
{
	mkdir "$work/tree" "$work/stage"
	git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -cf - | tar -xf - -C "$work/tree"
}

# Sets TESTS, unless named, to those that run on what is staged: who asks the
# server which files are installed learns of none, so the upgrade and the pages
# that show versions() are left to make test.
choose_staged()
{
	[ -z "${TESTS:-}" ] || return 0
	TESTS=$(for file in sql/*.sql test/specs/*.spec test/pgtap/*.sql test/t/*.pl; do
		basename "${file%.*}"
	done | grep -vxE '008_upgrade|010_documents' | tr '\n' ' ')
	export TESTS
}
