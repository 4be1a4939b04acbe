#!/usr/bin/env bash
# Makes the pictures of the README by the program itself, in light and dark, into docs/pictures: the curve of a training,
# a net drawn, the page of a run, the panel of a terminal, and what is in the net that was trained.
#
#   eng/pictures.sh [NAME...]
#
# The names are curve, net, page, panel and look; all if none is given. The page needs chromium, the panel tmux.
# CNN=path/to/cnn.dll names a program that is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
names=${*:-curve net page panel look}
pictures=$PWD/docs/pictures
work=$(mktemp -d)
server=cnn-pictures-$$
trap 'tmux -L "$server" kill-server 2>/dev/null || true; rm -rf "$work"' EXIT

program=${CNN:-}
if [ -z "$program" ]; then
  dotnet build Runner -c Release -v q
  program=$PWD/Runner/bin/Release/net10.0/cnn.dll
fi
cnn() { dotnet "$program" "$@"; }
wants() { case " $names " in *" $1 "*) return 0 ;; esac; return 1; }

# Trains LeNet on the drawn digits, once, with all that a run can record.
train() {
  [ -d "$work/lenet" ] && return
  sed "s|Models/lenet/snapshots/lenet|$work/lenet_snapshot|" Models/lenet/solver.prototxt >"$work/solver.prototxt"
  cnn train "$work/solver.prototxt" --run "$work/lenet" >"$work/train.log" 2>&1
}

# Takes a picture of a page: address, file, light or dark, width, height.
shoot() {
  local blink=1
  [ "$3" = dark ] && blink=0
  chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --force-device-scale-factor=1.25 \
    --blink-settings=preferredColorScheme=$blink --virtual-time-budget=3000 \
    --screenshot="$2" --window-size="$4,$5" "$1" >/dev/null 2>&1
}

if wants curve; then
  for ground in "" --dark; do
    cnn plot MNIST=Models/lenet/results/mnist.log "drawn digits=Models/lenet/results/digits.log" --value accuracy \
      --error --min 0 --max 5 --title "LeNet: test error in per cent" $ground \
      --output "$pictures/lenet${ground/--/-}.png"
  done
fi

if wants net; then
  # An .svg is light or dark as its viewer is.
  cnn draw Models/lenet/lenet.prototxt --output "$pictures/lenet-net.svg"
fi

if wants look; then
  train
  weights=$work/lenet_snapshot_iter_3000.caffemodel
  for ground in "" --dark; do
    cnn look filters Models/lenet/lenet.prototxt --weights "$weights" $ground \
      --output "$pictures/lenet-filters${ground/--/-}.png"
  done
fi

if wants page; then
  train
  for scheme in light dark; do
    shoot "file://$work/lenet/run.html" "$pictures/page-$scheme.png" $scheme 1200 925
  done
fi

if wants panel; then
  sed "s|Models/lenet/snapshots/lenet|$work/panel_snapshot|" Models/lenet/solver.prototxt >"$work/panel.prototxt"
  tmux -u -L "$server" -f /dev/null new-session -d -x 100 -y 24 \
    "env -u CI -u NO_COLOR LANG=C.UTF-8 COLORTERM=truecolor dotnet '$program' \
      train '$work/panel.prototxt'"
  # The picture is of the first screen that has a snapshot, which is after the second test.
  for _ in $(seq 1200); do
    tmux -u -L "$server" capture-pane -e -p >"$work/screen.txt" 2>/dev/null || break
    grep -q 'panel_snapshot_iter' "$work/screen.txt" && break
    sleep 0.1
  done
  tmux -L "$server" send-keys C-c 2>/dev/null || true
  while tmux -L "$server" has-session 2>/dev/null; do sleep 0.1; done
  for scheme in light dark; do
    dotnet run eng/terminal-svg.cs -- "$work/screen.txt" "$pictures/panel-$scheme.svg" $scheme
  done
fi

ls -l "$pictures"
