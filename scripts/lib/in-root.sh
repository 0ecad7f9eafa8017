#!/bin/sh
# Runs a program of another Debian: `in-root.sh FOLDER PROGRAM [ARGUMENT ...]`. In a mount namespace of its own the
# /etc and /usr of that Debian lie over those of this machine; all else (/dev, /tmp, the repository, the display) is the
# same for both. Nothing has to be unmounted: the namespace ends with the program.
set -e
if [ "$SCENEPORT_NAMESPACE" != own ]; then
  exec env SCENEPORT_NAMESPACE=own unshare --mount --propagation private sh "$0" "$@"
fi
unset SCENEPORT_NAMESPACE
folder=$1
shift
mount --bind "$folder/etc" /etc
mount --bind "$folder/usr" /usr
exec "$@"
