#!/usr/bin/env bash
# Make the API keys that ScholarCore works with: keys.sh URL. Each goes into a file of the volume "keys"; one that the
# cluster accepts is left alone, so this can be run again, and makes a new one after a key was revoked or a cluster anew.
# The keys' privileges are in keys/*.json; the administrator's password is used here and nowhere else.
set -euo pipefail
url=$1
folder=${KEYS_FOLDER:-/keys}
setup=${SETUP_FOLDER:-/setup/keys}
ask() { curl --silent --fail --cacert config/certs/ca/ca.crt "$@"; }

for kind in serving building; do
    file=$folder/$kind
    if [ -s "$file" ] && ask --output /dev/null --header @- "$url/_security/_authenticate" \
        <<<"Authorization: ApiKey $(<"$file")"; then
        continue
    fi
    answer=$(ask --user "elastic:$ELASTIC_PASSWORD" --header 'Content-Type: application/json' \
        --data "@$setup/$kind.json" "$url/_security/api_key")
    (umask 077 && sed -n 's/.*"encoded":"\([^"]*\)".*/\1/p' <<<"$answer" >"$file.new")
    [ -s "$file.new" ] || { rm -f "$file.new"; echo "no API key for $kind" >&2; exit 1; }
    [ "$(id -u)" != 0 ] || chown 10001 "$file.new"
    mv "$file.new" "$file"
done
