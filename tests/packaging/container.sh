#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# contrib/Containerfile: buildah makes the image, of ROOT (tests/debian-root) instead of one from a
# registry, and of the packages in FOLDER/clone instead of building them once more. Then the image's
# command runs with the capabilities that the head of the file names, and is to count a connection.
# usage: tests/packaging/container.sh SOURCES FOLDER ROOT
set -u
here=$(cd "$1" && pwd) work=$(cd "$2" && pwd) debian=$(cd "$3" && pwd) || exit 1
file=$here/contrib/Containerfile
store=$work/containers
fail() { echo "FAIL: $*"; exit 1; }
command -v buildah >/dev/null || { echo "no buildah here"; exit 77; }

buildah() {
	command buildah --root "$store/root" --runroot "$store/run" --storage-driver vfs "$@"
}
end() {
	buildah umount -a >/dev/null
	buildah rm -a >/dev/null
	rm -rf "$store"
}
trap end EXIT
rm -rf "$store"

base=$(buildah from scratch) && buildah add -q "$base" "$debian" / >/dev/null &&
	buildah commit -q --rm "$base" base >/dev/null || fail "no image of a Debian"
# The first stage stands for the packages that it would build.
mkdir -p "$store/packages/src" && cp "$work"/clone/ctagg_*.deb "$store/packages/src/" || exit 1
sed '/ AS build$/,/^$/d' "$file" >"$store/Containerfile"
buildah bud -q --isolation chroot --build-arg DEBIAN=localhost/base --build-context build="$store/packages" \
	-t ctagg -f "$store/Containerfile" "$store" || fail "buildah bud"

container=$(buildah from localhost/ctagg) && root=$(buildah mount "$container") || fail "no container"
read -ra command < <(buildah inspect --type image localhost/ctagg |
	jq -r '.OCIv1.config | .Entrypoint + .Cmd | join(" ")')
capabilities=$(grep -oE -e '--cap-add=[a-z_]+' "$file" | sed 's/.*=/+/' | paste -sd,)
echo "${command[*]} with $capabilities"
unshare --net --mount --pid --fork --kill-child "$here/tests/packaging/contained.sh" "$root" "$capabilities" "${command[@]}"
