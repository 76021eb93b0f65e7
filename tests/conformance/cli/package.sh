#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package: packed twice it has the same bytes; what is in it, who owns it; what systemd thinks of its units. Installing it
# is tested in a root of its own (debootstrap.sh).
set -u
. tests/support/sh.sh
BUILD=${BUILD:-build}
command -v dpkg-shlibdeps >/dev/null || { echo "0 passed, 0 failed, 1 skipped"; exit 0; }
ok "the program without symbols" make --no-print-directory -s BUILD="$BUILD" "$BUILD/deb/salve"
ok "a package" tools/deb "$BUILD" "$work/one" none
ok "and again" tools/deb "$BUILD" "$work/two" none
deb=$(ls "$work"/one/*.deb) root=$work/root
ok "has the same bytes" cmp "$deb" "$work"/two/*.deb
ok "it unpacks" dpkg-deb -x "$deb" "$root"

# --- what is in it
dpkg-deb -c "$deb" >"$work/list"
is "all of it belongs to root" "$(grep -vc ' root/root ' "$work/list")" 0
is "and nobody else may write" "$(awk '{ print substr($1, 2) }' "$work/list" | sort -u | tr '\n' ' ')" 'rw-r--r-- rwxr-xr-x '
sections=$(readelf -S --wide "$root/usr/bin/salve")
is "no symbols" "$(grep -cE ' \.(symtab|debug_[a-z]+) ' <<<"$sections")" 0
is "no path of where it was built" "$(grep -cF -- "$PWD" "$root/usr/bin/salve")" 0
is "a number of the build" "$(grep -c '\.note\.gnu\.build-id' <<<"$sections")" 1
is "relocations that nobody writes to" "$(readelf -d "$root/usr/bin/salve" | grep -cE 'BIND_NOW|\(FLAGS_1\).*NOW.*PIE')" 2
dpkg-deb -f "$deb" Depends >"$work/depends"
for library in libc6 libsodium23 libssl3 libsqlite3-0 libuv1 libseccomp2 fonts-noto-core tzdata; do
    is "depends on $library" "$(grep -cE "(^|, )$library( |,|\$)" "$work/depends")" 1
done
is "what an administrator changes stays" "$(dpkg-deb -I "$deb" conffiles)" /etc/salve/salve.conf
(cd "$root" && dpkg-deb -I "$OLDPWD/$deb" md5sums 2>/dev/null || dpkg-deb -I "$deb" md5sums) >"$work/sums"
ok "every sum is right" bash -c 'cd "$1" && md5sum --quiet -c "$2"' _ "$root" "$work/sums"
is "there is one for each file" "$(wc -l <"$work/sums")" "$(find "$root" -type f | wc -l)"
ok "what the program reads is all there" diff -r -x .stamp -x .translated.json "$BUILD/share" "$root/usr/share/salve"
is "a page for each command" "$(ls "$root"/usr/share/man/man1 | wc -l)" \
    "$(($("$SALVE" help --json | grep -c '"command"') + 1))"
for script in postinst prerm postrm; do
    dpkg-deb -I "$deb" $script >"$work/$script"
    ok "$script is a script" sh -n "$work/$script"
done
is "nothing of the site is thrown away" "$(grep -cE 'rm -|rmdir' "$work/postrm")" 1 # empty folders
ok "its configuration is one" salve config show --config "$root/etc/salve/salve.conf"

# --- the service
units=$root/lib/systemd/system
is "no mark is left over" "$(grep -l '@[A-Z]*@' "$units"/* "$root/etc/salve/salve.conf" | wc -l)" 0
for service in salve salve-verify salve-backup; do
    is "$service: the commands are those of the program" "$(sed -n 's/^ExecStart=\/usr\/bin\/salve \([a-z]*\) .*/\1/p' "$units/$service.service" |
        while read -r command; do "$SALVE" help "$command" >/dev/null && echo known; done)" known
    is "$service: only the key file opens it, as a credential" "$(grep -cE '^LoadCredential=site.key:/etc/salve/site.key$' "$units/$service.service")" 1
done
if systemd-analyze --version >/dev/null 2>&1; then
    for service in salve salve-verify salve-backup; do
        score=$(systemd-analyze security --offline=true --no-pager "$units/$service.service" 2>"$work/.out" |
            grep -oE 'exposure level for [^:]*: [0-9.]+' | grep -oE '[0-9.]+$')
        echo "      $service.service: exposure $score of at most 2.0"
        is "$service: exposure" "$(awk -v s="${score:-10}" 'BEGIN { print s <= 2.0 }')" 1
        is "$service: every word of it is known" "$(cat "$work/.out")" ''
    done
    is "the times of the timers" "$(grep -h '^OnCalendar=' "$units"/*.timer | cut -d= -f2 |
        while read -r when; do systemd-analyze calendar "$when" >/dev/null 2>&1 && echo good; done | wc -l)" 2
else
    skip 7
fi
if command -v systemd-sysusers >/dev/null && [ "$(id -u)" -eq 0 ]; then
    mkdir -p "$work/users/etc"
    ok "the user of the service" systemd-sysusers --root="$work/users" "$PWD/packaging/systemd/sysusers.conf"
    is "who cannot log in" "$(grep -c '^salve:x:[0-9]*:[0-9]*:The site of Salve:/var/lib/salve:/usr/sbin/nologin$' "$work/users/etc/passwd")" 1
else
    skip 2
fi
finish
