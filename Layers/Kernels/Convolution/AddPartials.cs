using System.Numerics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>Adds the partial sums to the target, always first to last. A part is a range of the values.</summary>
internal unsafe struct AddPartials : IParallelJob
{
    public float* Sums, Target;
    public int Count, Length, PartFloats;

    public readonly void Run(int part, int worker)
    {
        int end = Math.Min(Length, (part + 1) * PartFloats), i = part * PartFloats;
        for (; i + Vector<float>.Count <= end; i += Vector<float>.Count)
        {
            Vector<float> sum = Vector.Load(Target + i);
            for (int s = 0; s < Count; s++)
            {
                sum += Vector.Load(Sums + ((nint)s * Length) + i);
            }

            Vector.Store(sum, Target + i);
        }

        for (; i < end; i++)
        {
            for (int s = 0; s < Count; s++)
            {
                Target[i] += Sums[((nint)s * Length) + i];
            }
        }
    }
}
