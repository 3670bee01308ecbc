#!/usr/bin/env bash
# Make a certificate authority and one certificate a node: certificates.sh NODE..., into config/certs, once.
# Runs in the Elasticsearch image as root, so that the files can be given to the user the nodes run as (1000).
set -euo pipefail
certs=/usr/share/elasticsearch/config/certs
if [ ! -f "$certs/ca/ca.crt" ]; then
    bin/elasticsearch-certutil ca --silent --pem --out "$certs/ca.zip"
    unzip -q "$certs/ca.zip" -d "$certs"
fi
for node in "$@"; do
    [ -f "$certs/$node/$node.crt" ] && continue
    bin/elasticsearch-certutil cert --silent --pem --name "$node" --dns "$node" --dns localhost --ip 127.0.0.1 \
        --ca-cert "$certs/ca/ca.crt" --ca-key "$certs/ca/ca.key" --out "$certs/$node.zip"
    unzip -q "$certs/$node.zip" -d "$certs"
done
rm -f "$certs"/*.zip
chown -R 1000:0 "$certs"
find "$certs" -type d -exec chmod 755 {} +
find "$certs" -name '*.crt' -exec chmod 644 {} +
find "$certs" -name '*.key' -exec chmod 600 {} +
