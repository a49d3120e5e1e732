# shellcheck shell=bash
# Folders with another Debian release in each, for tests on the PostgreSQL that
# Debian 12 does not have. Source it after tools/lib.sh. It needs debootstrap and
# root's rights; MIRROR names another mirror than the one that debootstrap takes
# by itself, FOLDERS (default below TMPDIR) keeps the folders for the next run.
# It must never leave a mount, a server or, unless FOLDERS is named, a folder
# behind, also when it is stopped.

# What the caller chose goes into a folder with every command.
passed_on="PG_MAJOR PARTS TESTS"

# in_folder FOLDER COMMAND...: the server is stopped by the tests themselves;
# what is left after a broken run lives in the process namespace that ends with
# its first process.
in_folder()
{
	local folder=$1 name settings=()
	shift
	for name in $passed_on; do
		[ -z "${!name:-}" ] || settings+=("$name=${!name}")
	done
	unshare --mount --pid --fork --kill-child --mount-proc="$folder/proc" \
		chroot "$folder" env -i HOME=/root TERM=dumb LC_ALL=C.UTF-8 \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		DEBIAN_FRONTEND=noninteractive ${settings[@]+"${settings[@]}"} "$@"
}

# quietly LOG COMMAND...: what it says is shown only where it fails.
quietly()
{
	local log=$1
	shift
	"$@" >"$log" 2>&1 || { tail -n 20 "$log" >&2; return 1; }
}

# make_folder RELEASE FOLDER
make_folder()
{
	local release=$1 folder=$2
	[ ! -e "$folder/made" ] || return 0
	rm -rf --one-file-system "$folder"
	quietly "$folder.log" \
		debootstrap --variant=minbase "$release" "$folder" ${MIRROR:+"$MIRROR"} || return 1
	# no service of the folder's is started by its packages
	printf '#!/bin/sh\nexit 101\n' >"$folder/usr/sbin/policy-rc.d"
	chmod +x "$folder/usr/sbin/policy-rc.d"
	# a mirror that stands still is good enough for a test
	printf 'Acquire::Check-Valid-Until "false";\n' >"$folder/etc/apt/apt.conf.d/90peoplecall"
	touch "$folder/made"
}

# copy_project FOLDER: what git tracks, to /peoplecall there.
copy_project()
{
	rm -rf "$1/peoplecall"
	mkdir "$1/peoplecall"
	git ls-files -z | tar --null --files-from=- -cf - | tar -xf - -C "$1/peoplecall"
}

# The lowest of our PostgreSQLs that the release in the folder has beyond
# Debian 12's.
major_of()
{
	local major
	for major in 16 17 18; do
		if in_folder "$1" apt-cache show "postgresql-server-dev-$major" >/dev/null 2>&1; then
			say "$major"
			return
		fi
	done
	return 1
}

finish_folders()
{
	local status=$?
	trap '' INT TERM HUP
	if [ -z "${FOLDERS:-}" ]; then
		rm -rf --one-file-system "$folders"
	fi
	exit "$status"
}

# Sets `folders`, and what happens to it at the end of the script.
open_folders()
{
	command -v debootstrap >/dev/null ||
		die "debootstrap is missing; 'apt-get install debootstrap' brings it"
	[ "$(id -u)" = 0 ] || die "making another release's folder needs root's rights"
	folders=${FOLDERS:-$(mktemp -d "${TMPDIR:-/tmp}/peoplecall-releases.XXXXXX")}
	mkdir -p "$folders"
	trap finish_folders EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}

# each_release FUNCTION RELEASE...: one that fails does not keep the next from
# running.
each_release()
{
	local function=$1 release failed=()
	shift
	for release in "$@"; do
		"$function" "$release" || failed+=("$release")
	done
	say "" "$(($# - ${#failed[@]})) passed, ${#failed[@]} failed${failed[*]:+: ${failed[*]}}"
	[ ${#failed[@]} = 0 ]
}
