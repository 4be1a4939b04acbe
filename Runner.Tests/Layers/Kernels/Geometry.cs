using Cnn.Layers.Kernels.Convolution;
using Cnn.Layers.Kernels.Pooling;

namespace Cnn.Tests.Layers.Kernels;

/// <summary>Shapes of test data, whose types are internal, from the arguments of their constructors.</summary>
internal static class Geometry
{
    public static ConvolutionShape Convolution(int[] a) => new(
        a[0], a[1], a[2], a[3], a[4], a[5], a[6], At(a, 7, 0), At(a, 8, 0), At(a, 9, 1), At(a, 10, 1), At(a, 11, 1),
        At(a, 12, 1), At(a, 13, 0), At(a, 14, 0));

    public static PoolingShape Pooling(int[] a) => new(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9]);

    private static int At(int[] arguments, int index, int otherwise) =>
        index < arguments.Length ? arguments[index] : otherwise;
}
