# shellcheck shell=bash
# A copy of the extension in which a checker of memory sees what the extension
# does wrong, for tools/test-sanitized and tools/test-valgrind. Source it after
# tools/lib.sh and locate_postgresql. It must never change the clone, nor what
# is installed: all is in the folder that open_work makes and close_work removes.

# The allocations that test/sanitize/palloc.c makes in the server's place.
wrapped="palloc palloc0 palloc_extended pstrdup pnstrdup MemoryContextAlloc
MemoryContextAllocZero MemoryContextAllocZeroAligned MemoryContextAllocExtended
MemoryContextAllocHuge MemoryContextStrdup pg_detoast_datum pg_detoast_datum_copy
pg_detoast_datum_packed text_to_cstring"

# open_work NAME: sets `work`, below which all is made. Exits with 77 on a
# PostgreSQL for which test/sanitize/palloc.c is not made.
open_work()
{
	local major
	major=$("$pg_config" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
	if [ "$major" -gt 15 ]; then
		say "test-$1: works with PostgreSQL 15, not with $major"
		exit 77
	fi
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

# build_checked COMPILER FLAGS LINKED: a copy in $work/tree, staged in $work/stage.
build_checked()
{
	local name links=$3
	for name in $wrapped; do
		links+=" -Wl,--wrap=$name"
	done
	mkdir "$work/tree" "$work/stage"
	git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- -cf - | tar -xf - -C "$work/tree"
	(
		cd "$work/tree"
		# it is no source of the extension: whoever reads those does not find it
		cp test/sanitize/palloc.c src/checked_palloc.c
		make -s -j"$(nproc)" with_llvm=no CC="$1" COPT="-g -fno-omit-frame-pointer -U_FORTIFY_SOURCE $2" \
			SHLIB_LINK="$links" PG_CONFIG="$pg_config" >/dev/null
		make -s install with_llvm=no CC="$1" SHLIB_LINK="$links" DESTDIR="$work/stage" PG_CONFIG="$pg_config" >/dev/null
		rm src/checked_palloc.*
	)
	chmod -R go+rX "$work/stage"
}

# checked_server COMMAND...: a program in $work/postgres that runs the server by
# way of the command; its words hold no spaces. Code that the server compiles
# at run time is no matter of ours.
checked_server()
{
	say '#!/bin/sh' "exec $* $pg_bin/postgres \"\$@\" -c jit=off" >"$work/postgres"
	chmod 755 "$work/postgres"
}
