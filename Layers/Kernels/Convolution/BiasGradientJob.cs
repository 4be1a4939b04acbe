using System.Numerics;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>Computes the gradient of the bias. A part is a few channels, summed image by image.</summary>
internal unsafe struct BiasGradientJob : IParallelJob
{
    public const int OutputsPerPart = 4;

    public int Outputs, Pixels, Images;
    public float* Dy, Db;

    public readonly void Run(int part, int worker)
    {
        int end = Math.Min(Outputs, (part + 1) * OutputsPerPart);
        for (int o = part * OutputsPerPart; o < end; o++)
        {
            double total = 0;
            for (int n = 0; n < Images; n++)
            {
                float* from = Dy + ((((nint)n * Outputs) + o) * Pixels);
                Vector<float> a = default, b = default;
                int p = 0;
                for (; p + (2 * Vector<float>.Count) <= Pixels; p += 2 * Vector<float>.Count)
                {
                    a += Vector.Load(from + p);
                    b += Vector.Load(from + p + Vector<float>.Count);
                }

                float sum = Vector.Sum(a + b);
                for (; p < Pixels; p++)
                {
                    sum += from[p];
                }

                total += sum;
            }

            Db[o] += (float)total;
        }
    }
}
