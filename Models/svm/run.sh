#!/bin/sh
# Caffe's LeNet, its features of both sets in HDF5 files, the support vector machine on them; logs go to Models/svm/logs.
# Run from the top folder; CNN is the program.
set -e
CNN=${CNN:-"dotnet run -c Release --project Runner --"}
MODEL=Models/svm
WEIGHTS=Models/lenet/snapshots/lenet_mnist_iter_10000.caffemodel
mkdir -p $MODEL/logs
trap '[ $? = 0 ] || tail -n 5 "$(ls -t $MODEL/logs/*.log | head -n 1)"' EXIT # what stopped it
$CNN train --solver Models/lenet/solver_mnist.prototxt > $MODEL/logs/lenet.log 2>&1
$CNN test --model $MODEL/features.prototxt --weights $WEIGHTS --stage train --iterations 600 > $MODEL/logs/train.log 2>&1
$CNN test --model $MODEL/features.prototxt --weights $WEIGHTS --stage test --iterations 100 > $MODEL/logs/test.log 2>&1
$CNN train --solver $MODEL/solver.prototxt > $MODEL/logs/svm.log 2>&1
tail -n 1 $MODEL/logs/*.log
