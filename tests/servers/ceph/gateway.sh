#!/bin/bash
# Runs one Ceph RADOS gateway (a real S3 server) with everything in memory: one monitor, one OSD, one
# gateway, all on loopback, no systemd and no privileges. Prints "ready" and lives until its standard
# input ends or a signal comes; then daemons and folder are gone. Whoever holds the other end of the
# pipe may therefore die in any way and leaves nothing behind.
#
# On the line "down" the gateway dies in the middle of its work, on the line "up" it comes back on the
# same port with the same objects, on "account ACCESS_KEY SECRET_KEY" it gets a user whose buckets are
# apart from all others; each is answered by its first word.
#
#   gateway.sh FOLDER S3_PORT MON_PORT ACCESS_KEY SECRET_KEY
set -euo pipefail
dir=$1 s3_port=$2 mon_port=$3 access_key=$4 secret_key=$5
export CEPH_CONF="$dir/ceph.conf" PYTHONWARNINGS=ignore
daemons=()

clean_up() {
  trap '' EXIT HUP INT TERM
  [ ${#daemons[@]} -eq 0 ] || kill -KILL "${daemons[@]}" 2>/dev/null || true
  wait 2>/dev/null || true
  rm -rf "$dir"
}
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

fail() {
  echo "gateway.sh: $1" >&2
  tail -n 5 "$dir"/log/* >&2 2>/dev/null || true
  exit 1
}

# Starts a daemon in the foreground of its own background job, so that its id is known.
daemon() {
  local name=$1
  shift
  "$@" </dev/null >"$dir/log/$name.out" 2>&1 &
  daemons+=($!)
}

mkdir -p "$dir"/{mon,osd,log,run,rgw}
cat >"$CEPH_CONF" <<CONF
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon host = [v2:127.0.0.1:$mon_port]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
public network = 127.0.0.0/8
ms bind ipv6 = false
ms bind msgr1 = false
auth cluster required = none
auth service required = none
auth client required = none
auth allow insecure global id reclaim = false
run dir = $dir/run
admin socket = $dir/run/\$name.asok
pid file = $dir/run/\$name.pid
log file = $dir/log/\$name.log
log to stderr = false
crash dir = $dir/log
keyring = $dir/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 2000
mon data avail crit = 1
mon data avail warn = 1
mon osd full ratio = .99
mon osd nearfull ratio = .97
mon osd backfillfull ratio = .98
mon warn on pool no redundancy = false
paxos propose interval = 0.01
osd max object name len = 2048
osd max object namespace len = 256
[mon]
mon data = $dir/mon
mon initial members = a
[osd]
osd data = $dir/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd scrub load threshold = 0.01
osd class load list = *
osd class default list = *
[client.rgw]
# Else each answer in two parts waits 40 ms for the acknowledgement of the first.
rgw frontends = beast endpoint=127.0.0.1:$s3_port tcp_nodelay=1
ms mon client mode = crc
rgw data = $dir/rgw
rgw thread pool size = 64
rgw enable usage log = false
rgw override bucket index max shards = 1
rgw dynamic resharding = false
rgw lc debug interval = -1
CONF

# There is no authentication inside, but the monitor's --mkfs wants a keyring all the same.
ceph-authtool --create-keyring "$dir/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
fsid=$(sed -n 's/^fsid = //p' "$CEPH_CONF")
monmaptool --create --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap" >/dev/null
ceph-mon -i a --mkfs --monmap "$dir/monmap" --keyring "$dir/keyring" >"$dir/log/mon.mkfs" 2>&1
daemon mon ceph-mon -i a -f

osd_id=$(cat /proc/sys/kernel/random/uuid)
timeout 20 ceph osd new "$osd_id" 0 </dev/null >/dev/null 2>"$dir/log/osd.new" || fail "the monitor does not answer"
ceph-osd -i 0 --mkfs --osd-uuid "$osd_id" >"$dir/log/osd.mkfs" 2>&1 || fail "the OSD cannot be made"
daemon osd ceph-osd -i 0 -f --no-mon-config
# Looked up, not connected to: a connection to a port on which nobody listens yet can get that very port for its own end,
# and then it connects to itself.
listens() { grep -q " 0100007F:$(printf %04X "$s3_port") 00000000:0000 0A " /proc/net/tcp; }
lives() { kill -0 "${daemons[2]}" 2>/dev/null || fail "the gateway ended"; }
gateway_up() {
  daemon rgw radosgw -n client.rgw -f --no-mon-config
  for _ in $(seq 1 1000); do
    listens && return
    lives
    sleep 0.02
  done
  fail "the gateway does not answer"
}
gateway_down() {
  kill -KILL "${daemons[2]}"
  wait "${daemons[2]}" || true
  unset 'daemons[2]'
}
gateway_account() {
  radosgw-admin --no-mon-config user create --tenant="${3-}" --uid=test --display-name=test \
    --access-key="$1" --secret-key="$2" </dev/null >/dev/null 2>"$dir/log/user.out" || fail "no user can be made"
}
gateway_up
gateway_account "$access_key" "$secret_key"
lives # else it was somebody else who listens on the port

echo ready
while read -r command access_key secret_key; do
  case $command in
  down | up) "gateway_$command" && echo "$command" ;;
  account) gateway_account "$access_key" "$secret_key" "$access_key" && echo account ;;
  esac
done
