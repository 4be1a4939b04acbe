using System.Numerics;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>Converts labels from floats to class indices.</summary>
internal static unsafe class LabelKernel
{
    /// <summary>The index that stands for an ignored label.</summary>
    public const int Ignored = -1;

    /// <summary>
    /// Writes each label's class to <paramref name="indices"/>, or <see cref="Ignored"/>. A label is a number whose
    /// integer part is from 0 to <paramref name="classes"/> - 1, or the one to ignore.
    /// </summary>
    /// <returns>
    /// The number of labels that are not ignored, and the first place that does not hold a label, or -1.
    /// </returns>
    public static (int Valid, int FirstWrong) Read(
        float* labels, int* indices, int count, int classes, bool hasIgnore, int ignore, WorkerPool pool)
    {
        KernelGuard.Array(labels, count);
        KernelGuard.Array(indices, count);
        KernelGuard.SameOrApart(labels, (float*)indices, count);
        int parts = ElementParts.Count(count);
        int* results = (int*)pool.Scratch(0, ScratchSlot.Partials, 2L * parts);
        var job = new Job(labels, indices, count, classes, hasIgnore, ignore, results);
        pool.Run(parts, ref job);
        int valid = 0;
        for (int part = 0; part < parts; part++)
        {
            if (results[(2 * part) + 1] >= 0)
            {
                return (0, results[(2 * part) + 1]);
            }

            valid += results[2 * part];
        }

        return (valid, -1);
    }

    private readonly struct Job(
        float* labels, int* indices, int count, int classes, bool hasIgnore, int ignore, int* results) : IParallelJob
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            Vector512<int> ignored = Vector512.Create(ignore), limit = Vector512.Create(classes);
            Vector512<int> mayIgnore = hasIgnore ? Vector512<int>.AllBitsSet : Vector512<int>.Zero;
            int valid = 0, wrong = -1;
            for (; i < end; i += Lanes.Width)
            {
                int left = Math.Min(Lanes.Width, end - i);
                Vector512<float> label = Lanes.Load(labels + i, left);
                Vector512<int> index = Vector512.ConvertToInt32(label);
                Vector512<int> isNumber = Vector512.Equals(label, label).AsInt32();
                Vector512<int> isIgnored = Vector512.Equals(index, ignored) & mayIgnore & isNumber;
                Vector512<int> isClass = Vector512.GreaterThanOrEqual(index, Vector512<int>.Zero)
                    & Vector512.LessThan(index, limit) & isNumber;
                Vector512<float> isWrong = Lanes.First(~(isClass | isIgnored).AsSingle(), left);
                if (isWrong.ExtractMostSignificantBits() is var bits and not 0)
                {
                    wrong = i + BitOperations.TrailingZeroCount(bits);
                    break;
                }

                index = Vector512.ConditionalSelect(isIgnored, Vector512.Create(Ignored), index);
                Lanes.Store(index, indices + i, left);
                valid += left + Vector512.Sum(Lanes.First(isIgnored.AsSingle(), left).AsInt32());
            }

            (results[2 * part], results[(2 * part) + 1]) = (valid, wrong);
        }
    }
}
