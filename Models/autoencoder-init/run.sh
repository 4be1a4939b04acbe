#!/bin/sh
# The pretraining, then LeNet from random and from pretrained filters with five seeds each; logs go to
# Models/autoencoder-init/logs. Run from the top folder; CNN is the program.
set -e
CNN=${CNN:-"dotnet run -c Release --project Runner --"}
MODEL=Models/autoencoder-init
mkdir -p $MODEL/logs
train() { # LOG, OPTIONS OF TRAIN
  log=$MODEL/logs/$1.log
  shift
  $CNN train "$@" > "$log" 2>&1 || { code=$?; tail -n 5 "$log"; exit $code; }
  echo "$log: $(tail -n 1 "$log")"
}
train autoencoder --solver $MODEL/solver_autoencoder.prototxt
for seed in 1 2 3 4 5; do
  train random_$seed --solver $MODEL/solver_lenet.prototxt --seed $seed
  train pretrained_$seed --solver $MODEL/solver_lenet.prototxt --seed $seed \
    --weights $MODEL/snapshots/autoencoder_iter_1876.caffemodel
done
