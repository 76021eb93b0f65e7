#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An empty Debian 12 becomes a site, loses everything, and is restored, as docs/guide/running-a-site.md says: the package is installed
# by apt, 'salve init' makes the site, the command of the service is run by hand as its user, doctor says that all is well; then
# the same under systemd, with its sandbox, its timers' services, and the key made again from the sheet of paper.
# ALL=1, as root, with the network: it takes minutes and downloads Debian (DEBIAN_MIRROR, else debootstrap's own; DEBIAN_ROOT: a folder to keep it in).
set -u
. tests/support/sh.sh
mirror=${DEBIAN_MIRROR:-}
leave() { echo "debootstrap.sh: $1"; echo "0 passed, 0 failed, 1 skipped"; exit 0; }
[ "${ALL:-0}" = 1 ] || leave "only with ALL=1"
[ "$(id -u)" -eq 0 ] || leave "only as root"
command -v debootstrap >/dev/null && command -v dpkg-shlibdeps >/dev/null || leave "needs debootstrap and dpkg-dev"
BUILD=${BUILD:-build} root=$work/root
booted='' served=''
end() {
    [ -z "$served" ] || kill "$served" 2>/dev/null
    [ -z "$booted" ] || kill -KILL "$booted" 2>/dev/null
    umount "$root/proc" 2>/dev/null
    rm -rf "$work"
}
trap end EXIT

# --- an empty machine
if [ -n "${DEBIAN_ROOT:-}" ] && [ -d "$DEBIAN_ROOT/usr" ]; then
    cp -a "$DEBIAN_ROOT" "$root"
else
    debootstrap --variant=minbase bookworm "$root" ${mirror:+"$mirror"} >"$work/debootstrap" 2>&1 || leave "no Debian from ${mirror:-the usual mirror}"
    [ -z "${DEBIAN_ROOT:-}" ] || cp -a "$root" "$DEBIAN_ROOT"
fi
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null
mount -t proc proc "$root/proc"
in_root() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root "$@"; }
ok "the package" bash -c 'make --no-print-directory -s BUILD="$1" "$1/deb/salve" && tools/deb "$1" "$2"' _ "$BUILD" "$root/root"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
chmod 755 "$root/usr/sbin/policy-rc.d"
install() { in_root sh -c 'cd /root && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y ./salve_*.deb'; }
ok "apt installs it with what it needs" install
is "its user" "$(in_root id -gn salve)" salve
is "its folder is closed" "$(stat -c %a "$root/var/lib/salve")" 700
is "it is begun with the machine" "$(ls "$root"/etc/systemd/system/{multi-user,paths,timers}.target.wants | grep -c '^salve')" 4
prints 'No fault was found' "doctor, before there is a site" in_root salve doctor

# --- a site
ok "init" in_root sh -c 'cd /root && salve init --yes --name "North Clinic" --staff dr-amina:clinician --staff kofi:registrar --staff lina:assistant >init.txt 2>&1'
is "nothing of the site is root's" "$(find "$root/var/lib/salve" ! -user "$(in_root id -u salve)" | wc -l)" 0
is "what only root may read" "$(stat -c '%a %U' "$root/etc/salve/site.key" "$root/etc/salve/timer.pin" "$root/root/recovery-sheet.pdf" | sort -u)" '600 root'
fails 6 "a second one" in_root salve init --yes
(umask 077 && sed -n 's/^PIN of \([a-z-]*\) ([a-z]*): /\1 /p' "$root/root/init.txt" >"$root/root/pins")
is "everybody's PIN was told once" "$(wc -l <"$root/root/pins")" 4
as_root() { in_root env SALVE_PIN_FILE=/root/pins "$@"; }
prints 'technician' "root opens it" in_root salve staff
is "and leaves nothing of root's" "$(find "$root/var/lib/salve" ! -user "$(in_root id -u salve)" | wc -l)" 0
fails 2 "root does not serve it" in_root salve serve

# --- the command of the service, by hand
command=$(sed -n 's/^ExecStart=//p' "$root/lib/systemd/system/salve.service")
mkdir -p "$root/run/credentials/salve.service" "$root/run/salve"
cp "$root/etc/salve/site.key" "$root/run/credentials/salve.service/site.key"
in_root chown -R salve:salve /run/credentials/salve.service /run/salve
chmod 400 "$root/run/credentials/salve.service/site.key"
chmod 750 "$root/run/salve"
chroot "$root" setpriv --reuid salve --regid salve --clear-groups env -i PATH=/usr/bin:/bin \
    ${command//%d/\/run\/credentials\/salve.service} >"$work/served" 2>&1 &
served=$!
for ((i = 0; i < 200; i++)); do grep -q 'Salve is at' "$work/served" && break; sleep 0.1; done
is "it serves" "$(grep -c 'Salve is at http://127.0.0.1:8080/' "$work/served")" 1
is "its socket is for the group" "$(stat -c '%a %u %g' "$root/run/salve/gate.sock")" "660 $(in_root id -u salve) $(in_root id -g salve)"
prints 'No fault was found' "doctor says that all is well" in_root salve doctor
cp tests/conformance/cli/patient.json "$root/root/"
card=$(as_root salve enrol -q --as kofi /root/patient.json 2>/dev/null)
ok "somebody agrees" as_root salve consent give "$card" --purpose care --read-back 1 --as kofi
ok "and is measured" as_root salve measure "$card" height 161 --as lina
kill -TERM "$served"
wait "$served"
is "it ends" "$?" 0
served=''
prints ': clean$' "and the site is whole" in_root salve verify

# --- under systemd
rm -f "$root/usr/sbin/policy-rc.d"
umount "$root/proc"
if unshare --pid --fork --mount --ipc --uts --net --cgroup true 2>/dev/null; then
    unshare --pid --fork --mount --ipc --uts --net --cgroup sh tests/support/boot_root.sh "$root" &
    parent=$!
    for ((i = 0; i < 100; i++)); do booted=$(cat "/proc/$parent/task/$parent/children" 2>/dev/null); booted=${booted// /}; [ -z "$booted" ] || break; sleep 0.1; done
    inside() { nsenter -t "$booted" -m -p -n -i -u -C -r -w -- env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root SALVE_PIN_FILE=/root/pins "$@"; }
    for ((i = 0; i < 300; i++)); do inside systemctl is-active -q salve 2>/dev/null && break; sleep 0.2; done
    is "the service runs" "$(inside systemctl is-active salve)" active
    prints 'No fault was found' "doctor, within the sandbox" inside salve doctor
    ok "places for backups" inside sh -c 'install -d -o salve -g salve -m 700 /media/data/salve /media/keys/salve &&
        sed -i "s|^# to = .*|to = /media/data/salve|; s|^# keys = .*|keys = /media/keys/salve|" /etc/salve/salve.conf'
    ok "reload" inside systemctl reload salve
    sleep 1
    is "says what needs a start" "$(inside journalctl -u salve -o cat --no-pager | grep -c 'backup.to is changed; it counts from the next start')" 1
    ok "a start" inside systemctl restart salve
    ok "the service of the backup" inside systemctl start salve-backup
    ok "the service that verifies" inside systemctl start salve-verify
    prints 'within 7 days' "doctor knows of it" inside salve doctor
    # everything is lost but the backup, the copy of the keys, and the sheet
    ok "the machine is lost" inside sh -c 'systemctl stop salve && rm -rf /var/lib/salve/* /etc/salve/site.key /etc/salve/timer.pin'
    pdftotext -layout "$root/root/recovery-sheet.pdf" - | sed -n 's/^ *[1-4]\. *//p' >"$root/root/lines"
    ok "the key, from the sheet" inside sh -c 'salve keys write /etc/salve/site.key </root/lines'
    ok "restore" inside salve restore /media/data/salve /var/lib/salve/site --keys /media/keys/salve
    for ((i = 0; i < 100; i++)); do inside systemctl is-active -q salve && break; sleep 0.2; done
    is "the service runs again by itself" "$(inside systemctl is-active salve)" active
    prints ': clean$' "the site is whole" inside salve verify
    ok "the person takes what is theirs" inside salve take "$card" --born $born -o /root/mine.json
is "with the value of the day" "$(grep -c '161' "$root/root/mine.json")" 1
    ok "a new secret of the timers" inside sh -c '(umask 077 && echo "timer $(head -c 16 /dev/urandom | md5sum | cut -c 1-32)" >/etc/salve/timer.pin) &&
        salve staff pin timer --as manager --new-pin-file /etc/salve/timer.pin'
    ok "and a new place of the keys" inside sh -c 'install -d -o salve -g salve -m 700 /media/keys/salve-2 &&
        sed -i "s|^keys = .*|keys = /media/keys/salve-2|" /etc/salve/salve.conf && systemctl restart salve'
    ok "backups go on" inside systemctl start salve-backup
    is "no service of ours failed" "$(inside systemctl --failed --no-legend --plain | grep -c salve)" 0
    ok "purged" inside sh -c 'DEBIAN_FRONTEND=noninteractive apt-get purge -y salve'
    ok "records and key are kept" test -s "$root/var/lib/salve/site/site.db" -a -s "$root/etc/salve/site.key"
    is "nothing of it runs" "$(inside systemctl is-active salve)" inactive
else
    skip 21
fi
finish
