#!/usr/bin/env bash
# Trains LeNet on two hosts over a network, on one machine: the hosts are network namespaces joined by a veth pair, and Open
# MPI's mpirun reaches the second one through an rsh agent that enters its namespace. The weights and the solver state must
# be those of one process, bit for bit. Then it slows the network down and tells how much of the communication hides behind
# the backward pass. It needs root, iproute2 and Open MPI (Debian: openmpi-bin), and no network of the machine's own.
#
#   bash Runner.Bench/mpi-hosts.sh [--iterations N] [--batch N]
#
# CNN is the program, by default the one that `dotnet build Runner -c Release` made. Exit codes: 0 the same bits; 1 not, or
# a run failed; 77 it cannot be done here, and why.
set -euo pipefail
cd "$(dirname "$0")/.."

iterations=200 batch=256
while [ $# -gt 0 ]; do
  case $1 in
    --iterations) iterations=$2; shift 2 ;;
    --batch) batch=$2; shift 2 ;;
    *) sed -nE 's/^#   //p' "$0"; exit 1 ;;
  esac
done

read -ra program <<< "${CNN:-dotnet $PWD/Runner/bin/Release/net10.0/cnn.dll}"
gigabits=1 latency=200 limit=600
first=cnn-$$-a second=cnn-$$-b device=veth
first_address=10.231.77.1 second_address=10.231.77.2 subnet=10.231.77.0/24
work=$(mktemp -d)

# Nothing stays: not a process of the two hosts, not a namespace (and with it the pair), not a file.
cleanup() {
  trap - EXIT INT TERM HUP
  for host in "$first" "$second"; do
    { ip netns pids "$host" | xargs -r kill; } 2> "$work/cleanup.log" || true
  done
  for host in "$first" "$second"; do
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      [ -n "$(ip netns pids "$host" 2> "$work/cleanup.log")" ] || break
      sleep 0.2
    done
    { ip netns pids "$host" | xargs -r kill -9; ip netns del "$host"; } 2> "$work/cleanup.log" || true
  done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

skip() {
  echo "mpi-hosts: cannot be done here: $1" >&2
  exit 77
}

fail() {
  echo "mpi-hosts: $1" >&2
  [ ! -s "$work/run.log" ] || tail -n 20 "$work/run.log" >&2
  exit 1
}

# Runs a command in a folder; the script waits in a way that a signal ends at once.
run() {
  (cd "$1" && "${@:2}") > "$work/run.log" 2>&1 &
  wait $!
}

# A host is a namespace with a name of its own, by which Open MPI tells machines apart.
cat > "$work/enter" <<'SH'
#!/bin/sh
host=$1; shift
exec ip netns exec "$host" unshare --uts sh -c 'echo "$0" > /proc/sys/kernel/hostname; exec "$@"' "$host" "$@"
SH
cat > "$work/agent" <<SH
#!/bin/sh
case \$1 in
  $first_address) host=$first ;;
  $second_address) host=$second ;;
  *) echo "no host has the address \$1" >&2; exit 1 ;;
esac
shift
exec "$work/enter" "\$host" sh -c "\$*"
SH
chmod +x "$work/enter" "$work/agent"

make_hosts() {
  [ "$(id -u)" -eq 0 ] || skip "it needs root, to make network namespaces"
  for tool in ip tc unshare; do
    command -v $tool > "$work/found" || skip "there is no $tool: install iproute2 and util-linux"
  done
  command -v mpirun > "$work/found" || skip "there is no mpirun: install Open MPI (Debian: openmpi-bin)"
  mpirun --version > "$work/version" 2>&1 || true
  grep -q 'Open MPI' "$work/version" || skip "mpirun is not Open MPI's: $(head -n 1 "$work/version")"
  ip netns add "$first" 2> "$work/ip.log" && ip netns add "$second" 2>> "$work/ip.log" \
    && ip link add $device netns "$first" type veth peer name $device netns "$second" 2>> "$work/ip.log" \
    || skip "no namespaces or veth pairs: $(head -n 1 "$work/ip.log")"
  ip -n "$first" addr add $first_address/24 dev $device
  ip -n "$second" addr add $second_address/24 dev $device
  for host in "$first" "$second"; do
    ip -n "$host" link set lo up
    ip -n "$host" link set $device up
  done
  printf '%s slots=1\n%s slots=1\n' $first_address $second_address > "$work/hosts"
}

# Ranks are not bound to cores: both hosts would take the machine's first.
on_two_hosts() {
  "$work/enter" "$first" env TMPDIR="$work" timeout $limit mpirun --allow-run-as-root -n 2 --hostfile "$work/hosts" \
    --bind-to none -wdir "$PWD" --mca plm rsh --mca plm_rsh_agent "$work/agent" --mca pml ob1 --mca btl tcp,self \
    --mca btl_tcp_if_include $subnet --mca oob_tcp_if_include $subnet "$@"
}

shape() {
  network="$gigabits Gbit/s with a delay of $latency us (netem)"
  if limit_both netem rate ${gigabits}gbit delay ${latency}us limit 10000; then return; fi
  latency=30
  network="$gigabits Gbit/s by a token bucket; this kernel has no netem, so nothing is delayed"
  if limit_both tbf rate ${gigabits}gbit burst 128kb latency 50ms; then return; fi
  network=
}

limit_both() {
  for host in "$first" "$second"; do
    tc -n "$host" qdisc replace dev $device root "$@" 2> "$work/tc.log" || return 1
  done
}

# The bytes that both hosts have sent.
sent() {
  for host in "$first" "$second"; do
    ip -n "$host" -s -s link show dev $device | awk '/TX:/ { getline; print $1 }'
  done | awk '{ sum += $1 } END { printf "%.0f", sum }'
}

# A folder for a run: LeNet over drawn digits, whose gradients are 1.7 MB.
solver() {
  mkdir -p "$work/$1"
  awk -v batch="$batch" '/digits_param/ && !done { sub(/batch_size: [0-9]+/, "batch_size: " batch); done = 1 } { print }' \
    Models/lenet/lenet_train_test.prototxt > "$work/$1/net.prototxt"
  cat > "$work/$1/solver.prototxt" <<TXT
net: "net.prototxt"
base_lr: 0.01
momentum: 0.9
weight_decay: 0.0005
lr_policy: "fixed"
display: 1
max_iter: $iterations
iter_size: $2
snapshot_prefix: "net"
random_seed: 1
TXT
}

train() { run "$work/$1" "${@:2}" "${program[@]}" train --solver solver.prototxt --threads 1 --plain; }

digest() { (cd "$work/$1" && sha256sum net_iter_"$iterations".*) }

# The time of an iteration in milliseconds, from the times of the log's lines: the least, for that is what depends least on
# what else the machine does. The first 20 iterations are left out.
milliseconds() {
  awk '/ Iteration [0-9]+ \(/ {
      split($2, t, ":"); now = t[1] * 3600 + t[2] * 60 + t[3]
      i = $0; sub(/.* Iteration /, "", i)
      took = now - before; before = now
      if (i + 0 > 20 && took > 0 && (least == 0 || took < least)) { least = took }
    }
    END { printf "%.2f", least * 1000 }' "$1"
}

# The middle one of the shares of iterations that waited for the other host, in percent; the log tells those above 5.
waited() {
  awk '/ Iteration [0-9]+ \(/ { if (seen++ > 20) { print share }; share = 0 }
    /waiting for other processes: / { share = $0; sub(/.*processes: /, "", share); share += 0 }' "$1" \
    | sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] + 0 }'
}

two_hosts() {
  solver "$1" 2
  local before after; before=$(sent)
  train "$1" on_two_hosts || fail "training on two hosts failed"
  after=$(sent)
  cp "$work/run.log" "$work/$1.log"
  [ "$(digest "$1")" = "$(digest one)" ] || fail "two hosts ($2) end with other bits than one process"
  time=$(milliseconds "$work/$1.log")
  bytes=$(((after - before) / 2 / iterations))
  [ "$bytes" -gt 100000 ] || fail "the hosts have exchanged $bytes bytes an iteration: each has trained for itself"
  echo "two hosts, $2: the same bits; $time ms an iteration, in which each sends $bytes bytes"
  share=$(waited "$work/$1.log")
  echo "  of which it waits for the other host: $([ "$share" -gt 5 ] && echo "$share %" || echo "5 % or less")"
}

make_hosts
head -n 1 "$work/version"
run "$work" on_two_hosts hostname || fail "mpirun does not reach the second host"
grep -q "$first" "$work/run.log" && grep -q "$second" "$work/run.log" || fail "mpirun does not run on both hosts"

solver one 2
train one "$work/enter" "$first" timeout $limit || fail "training in one process failed"
echo "one process, iter_size 2, LeNet with batches of $batch, $iterations iterations:"
digest one

# What an iteration takes without communication: both hosts at work, each for itself.
solver alone 1
solver beside 1
(cd "$work/beside" && exec "$work/enter" "$second" timeout $limit "${program[@]}" train --solver solver.prototxt \
  --threads 1 --plain > "$work/beside.log" 2>&1) &
other=$!
train alone "$work/enter" "$first" timeout $limit || fail "training in one process failed"
alone=$(milliseconds "$work/run.log")
wait "$other" || fail "training in one process on the second host failed"
echo "a pass and an update on each host, without communication: $alone ms an iteration"

two_hosts bare "a bare pair"
shape
[ -n "$network" ] || { echo "This kernel can slow no network down, so nothing is told of what hides."; exit 0; }
two_hosts slow "$network"
awk -v bytes="$bytes" -v rate="$gigabits" -v time="$time" -v share="$share" 'BEGIN {
  exchange = bytes * 8 / (rate * 1e6)
  told = (share > 5)
  wait = time * (told ? share : 5) / 100
  hidden = (wait < exchange) ? 100 * (1 - wait / exchange) : 0
  printf "the exchange by itself takes %.1f ms at that rate, ", exchange
  printf "of which an iteration waits for %s%.1f: %s%.0f %% hide\n", told ? "" : "at most ", wait, told ? "" : "at least ", hidden
}'
bench=Runner.Bench/bin/Release/net10.0/Cnn.Bench.dll
if [ -e $bench ]; then
  echo "the prediction, from one process that has the machine for itself:"
  run . "$work/enter" "$first" dotnet $bench scaling lenet --shape 1x28x28 --batch "$batch" --threads 1 --rounds 50 --nodes 2 \
    --gbit $gigabits --latency $latency || fail "the bench failed"
  cat "$work/run.log"
fi
