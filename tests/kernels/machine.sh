# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Debian's kernels (cloud flavour) on a machine that qemu emulates in software, booted into an
# initramfs of busybox and a few programs. Sourced by tests/kernels/run and bench/instructions.
# The caller sets `cache`, a folder for packages, initramfs and logs.
: "${cache:?}"

# Exit with status 77 unless all programs named are there.
need_programs() {
	local needed
	for needed in qemu-system-x86_64 busybox cpio depmod unxz "$@"; do
		command -v "$needed" >/dev/null || [ -x "/sbin/$needed" ] || { echo "$needed is missing"; exit 77; }
	done
}

# Fetch the newest package of series $1 and unpack it; prints the folder.
unpack() {
	local package dir
	package=$(apt-cache search --names-only "^linux-image-$1\\.[0-9.+deb-]*-cloud-amd64-unsigned\$" |
		awk '{ print $1 }' | sort -V | tail -n 1)
	[ -n "$package" ] || { echo "no kernel $1 in Debian's packages; apt-get update?" >&2; return 1; }
	dir=$cache/$package
	if [ ! -d "$dir/lib" ] && [ ! -d "$dir/usr/lib/modules" ]; then
		(cd "$cache" && apt-get download -qq "$package" >&2) || return 1
		dpkg -x "$cache/$package"_*.deb "$dir" && rm -f "$cache/$package"_*.deb || return 1
	fi
	echo "$dir"
}

add_program() {	# path, folder of the initramfs: with the libraries it is linked to
	local lib
	install -D "$1" "$2/bin/$(basename "$1")"
	for lib in $(ldd "$1" | grep -o '/[^ ]*'); do
		[ -e "$2$lib" ] || install -D "$lib" "$2$lib"
	done
}

# Make an initramfs: unpacked package, its file, the script that is its init, and a function
# that is told the folder of the initramfs and adds programs to it.
pack() {
	local root modules release
	root=$(mktemp -d) || return 1
	modules=$(echo "$1"/lib/modules/* "$1"/usr/lib/modules/*)
	modules=$(printf '%s\n' $modules | grep -v '\*' | head -n 1)
	release=$(basename "$modules")
	chmod 755 "$root"	# some programs in there run as another user
	mkdir -p "$root"/{bin,proc,sys,dev,run,tmp,lib/modules/"$release"}
	(cd "$modules/kernel" && find net lib crypto arch/x86/crypto drivers/net/veth* -name '*.ko*' |
		cpio -pdm --quiet "$root/lib/modules/$release/kernel") 2>/dev/null
	cp "$modules"/modules.* "$root/lib/modules/$release"
	find "$root/lib/modules" -name '*.xz' -exec unxz {} +
	PATH=$PATH:/sbin depmod -b "$root" "$release"
	cp "$(command -v busybox)" "$root/bin/busybox"
	"$4" "$root"
	install -m 755 "$3" "$root/init"
	(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$2"
	rm -rf "$root"
}

# On a busy machine the emulated timer comes late, and Linux 6.1 would panic (no_timer_check).
# Boot a kernel of series $1, with the init $2, the programs that the function $3 adds, and the
# options of qemu that follow. BOOT has more for the kernel's command line. Returns when the machine is off; what it has written is in
# $cache/NAME.log, where the name is that of the series and, behind a dash, $name.
boot() {
	local dir kernel called=$1${name:+-$name} init=$2 fill=$3
	dir=$(unpack "$1") || return 1
	kernel=$(echo "$dir"/boot/vmlinuz-*)
	pack "$dir" "$cache/$called.img" "$init" "$fill" || return 1
	shift 3
	exec timeout "${seconds:-2700}" qemu-system-x86_64 -machine q35,accel=tcg -cpu max -m 1536 -nographic \
		-no-reboot -nodefaults -serial stdio -kernel "$kernel" -initrd "$cache/$called.img" \
		-append "console=ttyS0 panic=-1 quiet no_timer_check ${BOOT-}" "$@" </dev/null >"$cache/$called.log" 2>&1
}
