#!/bin/sh
# Lets each of the ImageNet nets learn fifty images by heart: at full size, the VGG nets at half of it. Run from the top folder; CNN is the program.
set -e
CNN=${CNN:-"dotnet run -c Release --project Runner --"}
HERE=Models/imagenet-overfit
mkdir -p $HERE/logs $HERE/results
[ -d $HERE/logs/digits ] || $CNN data digits --to $HERE/logs/digits --count 50 --format idx
for net in ${NETS:-alexnet caffenet zfnet googlenet vgg16 vgg19}; do
  case $net in
    alexnet | caffenet) size=227 step=160 end=240 ;;
    zfnet) size=224 step=160 end=240 ;;
    googlenet) size=224 step=320 end=400 ;;
    vgg16) size=112 step=200 end=240 ;;
    vgg19) size=112 step=340 end=400 ;;
  esac
  # The net as it is but for its data layers.
  { cat $HERE/digits_$size.prototxt
    awk '/^layer \{/ { block = "" } { block = block $0 "\n" } /^\}/ { if (block !~ /type: "Data"/) printf "%s", block; block = "" }' \
      Models/$net/train_val.prototxt; } > $HERE/logs/$net.prototxt
  sed "s/NET\.proto/$net.proto/; s/: STEP/: $step/; s/: END/: $end/" $HERE/solver.prototxt > $HERE/logs/solver_$net.prototxt
  $CNN train --solver $HERE/logs/solver_$net.prototxt > $HERE/logs/$net.log 2>&1 \
    || { code=$?; tail -n 5 $HERE/logs/$net.log; exit $code; }
  grep -E 'Iteration [0-9]+ \(|Iteration [0-9]+, (Testing|loss)|Test net|^Trained' $HERE/logs/$net.log > $HERE/results/$net.log
  tail -n 1 $HERE/results/$net.log
done
