#!/bin/sh
# All runs of this folder; their logs go to Models/activations/logs. Run from the top folder; CNN is the program.
set -e
CNN=${CNN:-"dotnet run -c Release --project Runner --"}
LOGS=Models/activations/logs
mkdir -p $LOGS
train() { # LOG SOLVER
  $CNN train --solver "$2" > "$LOGS/$1.log" 2>&1 || { code=$?; tail -n 5 "$LOGS/$1.log"; exit $code; }
  echo "$1: $(tail -n 1 "$LOGS/$1.log")"
}
for activation in sigmoid tanh relu leaky noisy prelu elu maxout; do
  sed "s/\"relu\"/\"$activation\"/" Models/activations/solver.prototxt > $LOGS/$activation.prototxt
  train $activation $LOGS/$activation.prototxt
done
for pooling in mean histogram; do
  sed "s/\"relu\"/\"tanh\" stage: \"$pooling\"/" Models/activations/solver.prototxt > $LOGS/tanh_$pooling.prototxt
  train tanh_$pooling $LOGS/tanh_$pooling.prototxt
done
for filler in gaussian xavier xavier_out xavier_average msra msra_out msra_average; do
  case $filler in
    gaussian) text="{ type: gaussian, std: 0.01 }" ;;
    *_out) text="{ type: ${filler%_out}, variance_norm: FAN_OUT }" ;;
    *_average) text="{ type: ${filler%_average}, variance_norm: AVERAGE }" ;;
    *) text="{ type: $filler }" ;;
  esac
  sed "s/&filler .*/\&filler $text/" Models/activations/tower.yaml > $LOGS/tower_$filler.yaml
  for depth in 4 8 16; do
    sed "s#Models/activations/tower#$LOGS/tower_$filler#; s/depth4/depth$depth/" \
      Models/activations/solver_tower.prototxt > $LOGS/tower_${filler}_$depth.prototxt
    train tower_${filler}_$depth $LOGS/tower_${filler}_$depth.prototxt
  done
done
