#!/usr/bin/env bash
# Makes the secrets of compose.yaml, readable by you alone. What is there already stays.
set -euo pipefail
umask 077
folder="${1:-$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/secrets}"
mkdir -p "$folder"
cd "$folder"

secret() { [ -e "$1" ] || openssl rand -hex 32 > "$1"; }
secret hone_admin_key
secret postgres_password
secret grafana_password
# A place for the key that `hone keys create` prints.
[ -e hone_metrics_key ] || : > hone_metrics_key
[ -e postgres_pgpass ] || printf 'postgres:5432:hone:hone:%s\n' "$(cat postgres_password)" > postgres_pgpass

if [ ! -e hone_certificate.pem ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 825 -subj "/CN=hone" \
    -addext "subjectAltName=DNS:hone,DNS:localhost,IP:127.0.0.1" -keyout hone_certificate_key.pem -out hone_certificate.pem 2>/dev/null
fi
# Grafana runs as a user of its own that must be able to read its password; the folder keeps everybody else out.
chmod 644 grafana_password
echo "Secrets are in $folder. Start as this user: export HONE_UID=$(id -u) HONE_GID=$(id -g)"
