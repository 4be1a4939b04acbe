using Cnn.Layers;

namespace Cnn.Tests.Layers.Kernels;

/// <summary>
/// Tests that a result depends on its arguments alone: it has the same bits at every position of arrays of 1 to 70
/// values, with any neighbours, and nothing is written past the end.
/// </summary>
internal static unsafe class PlaceTest
{
    /// <summary>Values of all magnitudes and kinds, ordinary ones among special ones.</summary>
    public static float[] Values { get; } =
    [
        0, 0.3f, -0f, -1.7f, float.NaN, 2.5f, float.PositiveInfinity, -0.01f, float.NegativeInfinity, 0.24f, 1e-40f,
        -0.26f, float.MaxValue, 0.9f, -float.MaxValue, -3.3f, 88.9f, 1e-7f, -104.5f, 5.1f, 10.5f, -0.6f, 1e30f, 0.7f,
        -1e-30f, 1.1f, float.Epsilon, -2.2f, 50.5f, 0.05f, 123456.7f,
    ];

    /// <summary>A kernel that reads inputs of <paramref name="count"/> values each and writes y.</summary>
    public delegate void Run(float*[] inputs, float* y, int count);

    /// <summary>Fails unless each value's result in an array equals its result alone.</summary>
    /// <param name="inputs">The number of arrays that the kernel reads.</param>
    /// <param name="run">The kernel.</param>
    /// <param name="values">The values to choose from; the default is <see cref="Values"/>.</param>
    public static void AssertEach(int inputs, Run run, float[]? values = null)
    {
        values ??= Values;
        AlignedBuffer[] arrays = [.. Enumerable.Range(0, inputs).Select(_ => new AlignedBuffer(71))];
        var pointers = new float*[inputs];
        for (int k = 0; k < inputs; k++)
        {
            pointers[k] = arrays[k].Pointer;
        }

        AlignedBuffer y = new(71);
        var alone = new float[values.Length];
        for (int which = 0; which < values.Length; which++)
        {
            Set(arrays, 0, values, which);
            run(pointers, y.Pointer, 1);
            alone[which] = y.Span[0];
        }

        for (int count = 1; count <= 70; count++)
        {
            for (int i = 0; i < count; i++)
            {
                Set(arrays, i, values, ((i * 7) + count) % values.Length);
            }

            y.Span[count] = Numbers.Guard;
            run(pointers, y.Pointer, count);
            Assert.Equal(Numbers.Guard, y.Span[count]);
            for (int i = 0; i < count; i++)
            {
                AssertSame(alone[((i * 7) + count) % values.Length], y.Span[i], $"place {i} of {count}");
            }
        }

        GC.KeepAlive(arrays);
    }

    /// <summary>Fails unless two numbers have the same bits, or are both NaN.</summary>
    public static void AssertSame(float expected, float actual, string what)
    {
        if (BitConverter.SingleToInt32Bits(expected) != BitConverter.SingleToInt32Bits(actual)
            && !(float.IsNaN(expected) && float.IsNaN(actual)))
        {
            Assert.Fail($"{what}: {actual:R}, alone {expected:R}");
        }
    }

    // Each array pairs the values differently.
    private static void Set(AlignedBuffer[] arrays, int at, float[] values, int which)
    {
        for (int k = 0; k < arrays.Length; k++)
        {
            arrays[k].Span[at] = values[(which + (5 * k)) % values.Length];
        }
    }
}
