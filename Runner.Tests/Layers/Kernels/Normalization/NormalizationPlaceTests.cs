using System.Runtime.Intrinsics;
using Cnn.Layers;
using Cnn.Layers.Kernels.Normalization;
using Cnn.Layers.Threading;

namespace Cnn.Tests.Layers.Kernels.Normalization;

/// <summary>A normalised value depends on its own window or channel, not on its position.</summary>
[Trait("Category", "Kernel")]
public sealed unsafe class NormalizationPlaceTests : IDisposable
{
    // Numbers whose squares are finite.
    private static readonly float[] Moderate = [.. PlaceTest.Values.Where(value => Math.Abs(value) < 1000)];

    private readonly WorkerPool pool = new(1);

    public static TheoryData<float> Exponents => [0.5f, 0.75f, 1, 0.6f];

    public void Dispose() => pool.Dispose();

    [Theory]
    [MemberData(nameof(Exponents))]
    public void APowerDoesNotDependOnTheOtherLanes(float beta)
    {
        float[] values = PlaceTest.Values;
        for (int i = 0; i < values.Length; i++)
        {
            var alone = Power(beta, Vector512.Create(values[i]));
            for (int lane = 0; lane < 16; lane++)
            {
                var others = new float[16];
                for (int j = 0; j < others.Length; j++)
                {
                    others[j] = values[(i + lane + (j * 5)) % values.Length];
                }

                others[lane] = values[i];
                var (power, reciprocal) = Power(beta, Vector512.Create(others));
                PlaceTest.AssertSame(alone.Power[lane], power[lane], $"{values[i]}^-{beta} in lane {lane}");
                PlaceTest.AssertSame(alone.Reciprocal[lane], reciprocal[lane], $"1 / {values[i]} in lane {lane}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Exponents))]
    public void LrnAcrossChannelsIsTheSameEverywhere(float beta)
    {
        AlignedBuffer x = new(216), dy = new(216), y = new(216);
        foreach (int reach in new[] { 1, 9 })
        {
            for (int channel = 0; channel < 3; channel++)
            {
                PlaceTest.AssertEach(
                    3,
                    (inputs, to, count) =>
                    {
                        var shape = new LrnShape(1, 3, 1, count, reach, 0.3, beta, 0);
                        Join(inputs, 0, x, count);
                        LrnKernel.Forward(false, x.Pointer, y.Pointer, shape, pool);
                        Copy(y.Pointer + (channel * count), to, count);
                    },
                    Moderate);
                PlaceTest.AssertEach(
                    6,
                    (inputs, to, count) =>
                    {
                        var shape = new LrnShape(1, 3, 1, count, reach, 0.3, beta, 1);
                        Join(inputs, 0, x, count);
                        Join(inputs, 3, dy, count);
                        LrnKernel.Backward(false, x.Pointer, dy.Pointer, y.Pointer, shape, pool);
                        Copy(y.Pointer + (channel * count), to, count);
                    },
                    Moderate);
            }
        }
    }

    [Fact]
    public void NormalisingAChannelIsTheSameEverywhere()
    {
        float* numbers = stackalloc float[3];
        (numbers[0], numbers[1], numbers[2]) = (0.3f, 1e-9f, 1.7f);
        var one = new ChannelStatistics(numbers, numbers + 1, numbers + 2);
        PlaceTest.AssertEach(
            1, (x, y, count) => ChannelNormalization.Forward(x[0], y, null, 1, 1, count, one, pool));
        PlaceTest.AssertEach(4, (x, y, count) =>
        {
            var each = new ChannelStatistics(x[1], x[2], x[3]);
            ChannelNormalization.Forward(x[0], y, null, 1, count, 1, each, pool);
        });
    }

    private static (Vector512<float> Power, Vector512<float> Reciprocal) Power(float beta, Vector512<float> s) =>
        beta switch
        {
            0.5f => Power(default(InverseRoot), s),
            0.75f => Power(default(InverseThreeQuarters), s),
            1 => Power(default(Inverse), s),
            _ => Power(new InversePower(beta), s),
        };

    private static (Vector512<float> Power, Vector512<float> Reciprocal) Power<T>(T power, Vector512<float> s)
        where T : struct, IInversePower => (power.Of(s, out Vector512<float> reciprocal), reciprocal);

    private static void Copy(float* from, float* to, int count) =>
        new ReadOnlySpan<float>(from, count).CopyTo(new Span<float>(to, count));

    private static void Join(float*[] parts, int first, AlignedBuffer whole, int count)
    {
        for (int i = 0; i < 3; i++)
        {
            Copy(parts[first + i], whole.Pointer + (i * count), count);
        }
    }
}
