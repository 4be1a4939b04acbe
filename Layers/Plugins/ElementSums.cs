using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Threading;

namespace Cnn.Layers.Plugins;

/// <summary>The sum of an array, in parts.</summary>
internal readonly unsafe struct SumOfValues(float* x, int count) : IPartialSum
{
    /// <inheritdoc/>
    public double Sum(int part)
    {
        var (i, end) = ElementParts.Range(part, count);
        var sum = default(WideSum);
        for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            sum.Add(Vector512.Load(x + i));
        }

        double tail = 0;
        for (; i < end; i++)
        {
            tail += x[i];
        }

        return sum.Total + tail;
    }
}

/// <summary>
/// The sum of the products of two arrays' values, in parts; a product of floats is exact in a double.
/// </summary>
internal readonly unsafe struct SumOfProducts(float* a, float* b, int count) : IPartialSum
{
    /// <inheritdoc/>
    public double Sum(int part)
    {
        var (i, end) = ElementParts.Range(part, count);
        Vector512<double> low = default, high = default;
        for (; i <= end - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            var (lowA, highA) = Vector512.Widen(Vector512.Load(a + i));
            var (lowB, highB) = Vector512.Widen(Vector512.Load(b + i));
            low += lowA * lowB;
            high += highA * highB;
        }

        double tail = 0;
        for (; i < end; i++)
        {
            tail += (double)a[i] * b[i];
        }

        return Vector512.Sum(low + high) + tail;
    }
}
