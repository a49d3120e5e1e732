# shellcheck shell=bash
# What the scripts in tools/ and demo/ share: where PostgreSQL is, and running
# something as the user the server runs as. Sourcing this file must never do
# more than set names and forget the caller's PG* settings.

# Nothing of the caller's may lead a script of ours to a server of his.
for pg_name in "${!PG@}"; do
	case $pg_name in
	PG_CONFIG | PG_MAJOR) ;;
	*) unset "$pg_name" ;;
	esac
done
unset pg_name

# Each argument on a line.
say()
{
	printf '%s\n' "$@"
}

die()
{
	printf 'peoplecall: %s\n' "$*" >&2
	exit 1
}

# Whether a pg_config belongs to a PostgreSQL that extensions can be built for.
# Debian's client package has pg_config and PGXS, but not the server's headers.
builds_extensions()
{
	local pgxs
	pgxs=$("$1" --pgxs 2>/dev/null) && [ -f "$pgxs" ] &&
		[ -f "$("$1" --includedir-server)/postgres.h" ]
}

# The pg_config to use: the caller's own choice, else that of the lowest of our
# PostgreSQLs that Debian has here (the one on PATH may be the newest's), else
# the one on PATH. Prints one that may be missing where none is there; where
# PG_MAJOR chose one, never that of another.
find_pg_config()
{
	local major candidate
	if [ -n "${PG_CONFIG:-}" ]; then
		say "$PG_CONFIG"
		return
	fi
	for major in ${PG_MAJOR:-15 16 17 18}; do
		candidate=/usr/lib/postgresql/$major/bin/pg_config
		if builds_extensions "$candidate"; then
			say "$candidate"
			return
		fi
	done
	if [ -n "${PG_MAJOR:-}" ] && ! pg_config --version 2>/dev/null | grep -q "^PostgreSQL $PG_MAJOR\b"; then
		say "/usr/lib/postgresql/$PG_MAJOR/bin/pg_config"
	else
		say pg_config
	fi
}

# Sets pg_config and the folders of its PostgreSQL.
locate_postgresql()
{
	pg_config=$(find_pg_config)
	builds_extensions "$pg_config" ||
		die "no PostgreSQL to build for was found; run 'make setup' first, or say PG_CONFIG=/path/to/pg_config"
	pg_bin=$("$pg_config" --bindir)
	pg_share=$("$pg_config" --sharedir)
	pg_pkglib=$("$pg_config" --pkglibdir)
	pg_test=$(dirname "$("$pg_config" --pgxs)")/../test
	export pg_config pg_bin pg_share pg_pkglib pg_test
}

# The clang that the server's own bitcode was made with, which its -dev package
# depends on; else the one on PATH.
server_clang()
{
	local own
	own=$(sed -n 's/^CLANG *= *//p' "$(dirname "$("${pg_config:-pg_config}" --pgxs)")/../Makefile.global" 2>/dev/null || true)
	if [ -n "$own" ] && command -v "$own" >/dev/null; then
		say "$own"
	else
		say clang
	fi
}

# clang_library CLANG NAME ENDING: the path of a library of its runtime.
clang_library()
{
	local file
	for file in "libclang_rt.$2-$(uname -m).$3" "libclang_rt.$2.$3"; do
		file=$("$1" -print-file-name="$file")
		if [ -f "$file" ]; then
			say "$file"
			return
		fi
	done
	return 1
}

# The server refuses to run as root; then it and all that belongs to it run as
# postgres, otherwise as whoever calls.
as_server_user()
{
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

# Gives folders to that user.
give_to_server_user()
{
	if [ "$(id -u)" = 0 ]; then
		chown -R postgres: "$@"
	fi
}
