#!/usr/bin/env bash
# Make the API keys that ScholarCore works with, once: keys.sh URL. Each goes into a file of the volume "keys".
# The keys' privileges are in keys/*.json; the administrator's password is used here and nowhere else.
set -euo pipefail
url=$1
for kind in serving building; do
    file=/keys/$kind
    [ -s "$file" ] && continue
    answer=$(curl --silent --fail --cacert config/certs/ca/ca.crt --user "elastic:$ELASTIC_PASSWORD" \
        --header 'Content-Type: application/json' --data "@/setup/keys/$kind.json" "$url/_security/api_key")
    (umask 077 && sed -n 's/.*"encoded":"\([^"]*\)".*/\1/p' <<<"$answer" >"$file")
    [ -s "$file" ] || { rm -f "$file"; echo "no API key for $kind" >&2; exit 1; }
    chown 10001 "$file"
done
