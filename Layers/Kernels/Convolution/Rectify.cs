using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;

namespace Cnn.Layers.Kernels.Convolution;

/// <summary>The rectifier that follows a convolution: <c>x</c> above 0, <c>slope x</c> elsewhere.</summary>
internal static unsafe class Rectify
{
    /// <summary>Rectifies sixteen values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Of(Vector512<float> x, Vector512<float> slope) =>
        Vector512.ConditionalSelect(Vector512.GreaterThan(x, Vector512<float>.Zero), x, x * slope)
        + Vector512<float>.Zero;

    /// <summary>Rectifies values in place.</summary>
    public static void Run(float* x, int count, float slope)
    {
        Vector512<float> slopes = Vector512.Create(slope);
        for (int i = 0; i < count; i += Lanes.Width)
        {
            Lanes.Store(Of(Lanes.Load(x + i, count - i), slopes), x + i, count - i);
        }
    }
}
