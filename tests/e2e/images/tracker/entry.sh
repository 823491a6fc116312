#!/bin/sh
# As the real image's: takes over the three directories, then becomes the tracker as PID 1, which no default SIGTERM can end.
set -e
mkdir -p /var/lib/torrust/tracker/database /var/log/torrust/tracker /etc/torrust/tracker
chown -R "${USER_ID}:${USER_ID}" /var/lib/torrust /var/log/torrust /etc/torrust
chmod -R 2770 /var/lib/torrust /var/log/torrust /etc/torrust
exec setpriv --reuid "${USER_ID}" --regid "${USER_ID}" --clear-groups "$@"
