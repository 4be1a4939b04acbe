#!/bin/sh
# Caffe's LeNet, its features of both sets in HDF5 files, the support vector machine on them; logs go to Models/svm/logs.
# Run from the top folder; CNN is the program.
set -e
CNN=${CNN:-"dotnet run -c Release --project Runner --"}
MODEL=Models/svm
WEIGHTS=Models/lenet/snapshots/lenet_mnist_iter_10000.caffemodel
mkdir -p $MODEL/logs
run() { # LOG, COMMAND AND ITS OPTIONS
  log=$MODEL/logs/$1.log
  shift
  $CNN "$@" > "$log" 2>&1 || { code=$?; tail -n 5 "$log"; exit $code; }
}
run lenet train --solver Models/lenet/solver_mnist.prototxt
run train test --model $MODEL/features.prototxt --weights $WEIGHTS --stage train --iterations 600
run test test --model $MODEL/features.prototxt --weights $WEIGHTS --stage test --iterations 100
run svm train --solver $MODEL/solver.prototxt
tail -n 1 $MODEL/logs/*.log
