#!/usr/bin/env bash
# From a folder of images to a classifier: bash Models/images/run.sh FOLDER OUT
# FOLDER holds a folder of images for each class; OUT is created and takes what is made. CNN names the program, if it is
# not this checkout's.
set -euo pipefail
[ $# -eq 2 ] || { echo "usage: bash $0 FOLDER OUT" >&2; exit 1; }
here=$(cd "$(dirname "$0")" && pwd)
cnn() { ${CNN:-dotnet run -c Release --project "$here/../../Runner" --} "$@"; }
from=$1 out=$2
mkdir "$out"

# The classes are numbered in the order of their names; every tenth image of a class is kept for validation.
label=0
for class in "$from"/*/; do
  basename "$class" >> "$out/labels.txt"
  (cd "$from" && find "$(basename "$class")" -type f \( -iname '*.jpg' -o -iname '*.jpeg' -o -iname '*.png' \)) | LC_ALL=C sort |
    awk -v label=$label -v out="$out" '{ print $0, label >> (out (NR % 10 == 0 ? "/val.txt" : "/train.txt")) }'
  label=$((label + 1))
done
batches=$((($(wc -l < "$out/val.txt") + 24) / 25))

for part in train val; do
  cnn convert_imageset --resize_width 48 --resize_height 48 "$from/" "$out/$part.txt" "$out/${part}_lmdb"
done
cnn compute_image_mean "$out/train_lmdb" "$out/mean.binaryproto"

for file in train_val solver deploy; do
  sed "s#OUT/#$out/#; s#CLASSES#$label#; s#BATCHES#$batches#" "$here/$file.prototxt" > "$out/$file.prototxt"
done
cnn train --solver "$out/solver.prototxt"
weights=$out/images_iter_600.caffemodel
cnn test --model "$out/train_val.prototxt" --weights "$weights" --iterations "$batches"

cnn extract_features "$weights" "$out/train_val.prototxt" features "$out/features_lmdb" "$batches" lmdb
cnn classify "$from"/*/ --model "$out/deploy.prototxt" --weights "$weights" --labels "$out/labels.txt" \
  --mean "$out/mean.binaryproto" --images-dim 48,48 --input-scale 0.0078125 --top 1 > "$out/predictions.txt"
echo "The classifier is in $out: deploy.prototxt, images_iter_600.caffemodel, mean.binaryproto, labels.txt;"
echo "what it says of each image is in $out/predictions.txt."
