using System.Runtime.Intrinsics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Losses;

/// <summary>Labels from floats to class indices.</summary>
internal static unsafe class LabelKernel
{
    /// <summary>What stands for a label that is to be ignored.</summary>
    public const int Ignored = -1;

    /// <summary>
    /// Writes each label's class to <paramref name="indices"/>, or <see cref="Ignored"/>. A label is a number
    /// whose whole part is 0 to <paramref name="classes"/> - 1, or the one to ignore.
    /// </summary>
    /// <returns>How many labels are not ignored, and the first place that holds no label, or -1.</returns>
    public static (int Valid, int FirstWrong) Read(
        float* labels, int* indices, int count, int classes, bool hasIgnore, int ignore, WorkerPool pool)
    {
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
        float* labels, int* indices, int count, int classes, bool hasIgnore, int ignore, int* results) : IParts
    {
        public void Run(int part, int worker)
        {
            var (i, end) = ElementParts.Range(part, count);
            Vector512<int> ignored = Vector512.Create(ignore), limit = Vector512.Create(classes);
            Vector512<int> mayIgnore = hasIgnore ? Vector512<int>.AllBitsSet : Vector512<int>.Zero;
            int valid = 0, wrong = -1;
            for (; i <= end - Vector512<int>.Count; i += Vector512<int>.Count)
            {
                Vector512<float> label = Vector512.Load(labels + i);
                Vector512<int> index = Vector512.ConvertToInt32(label);
                Vector512<int> isNumber = Vector512.Equals(label, label).AsInt32();
                Vector512<int> isIgnored = Vector512.Equals(index, ignored) & mayIgnore & isNumber;
                Vector512<int> isClass = Vector512.GreaterThanOrEqual(index, Vector512<int>.Zero)
                    & Vector512.LessThan(index, limit) & isNumber;
                if (!Vector512.EqualsAll(isClass | isIgnored, Vector512<int>.AllBitsSet))
                {
                    // The loop below finds which one it is.
                    break;
                }

                Vector512.ConditionalSelect(isIgnored, Vector512.Create(Ignored), index).Store(indices + i);
                valid += Vector512<int>.Count + Vector512.Sum(isIgnored);
            }

            for (; i < end && wrong < 0; i++)
            {
                int index = (int)labels[i];
                bool isNumber = !float.IsNaN(labels[i]), isIgnored = hasIgnore && isNumber && index == ignore;
                wrong = isIgnored || (isNumber && index >= 0 && index < classes) ? -1 : i;
                indices[i] = isIgnored ? Ignored : index;
                valid += isIgnored ? 0 : 1;
            }

            (results[2 * part], results[(2 * part) + 1]) = (valid, wrong);
        }
    }
}
