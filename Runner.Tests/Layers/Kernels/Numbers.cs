using Cnn.Fillers;
using Cnn.Layers;

namespace Cnn.Tests.Layers.Kernels;

/// <summary>Random operands for kernels, and comparison with a reference result.</summary>
internal static unsafe class Numbers
{
    public const float Guard = 12345.5f;

    /// <summary>Returns values between -1 and 1, as a function of the seed.</summary>
    public static AlignedBuffer Random(int count, ulong seed)
    {
        var buffer = new AlignedBuffer(Math.Max(count, 1));
        var random = new PhiloxRandom(seed);
        foreach (ref float value in buffer.Span)
        {
            value = (2 * random.NextSingle()) - 1;
        }

        return buffer;
    }

    /// <summary>Fails unless all values agree up to the rounding of sums of that many terms of magnitude 1.</summary>
    public static void AssertClose(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, int terms, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double tolerance = 2e-7 * (4 + terms);
        for (int i = 0; i < expected.Length; i++)
        {
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
            {
                Assert.Fail($"{what}: value {i} is {actual[i]}, expected {expected[i]} within {tolerance}");
            }
        }
    }
}
