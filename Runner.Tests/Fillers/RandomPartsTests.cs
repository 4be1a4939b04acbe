using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using MathNet.Numerics.Distributions;

namespace Cnn.Tests.Fillers;

[Trait("Category", "Unit")]
public class RandomPartsTests
{
    private const int Large = (1 << 20) + 12345;

    [Theory]
    [InlineData("gaussian")]
    [InlineData("uniform")]
    [InlineData("xavier")]
    [InlineData("msra")]
    [InlineData("positive_unitball")]
    [InlineData("gaussian", 400_000)]
    public void ALargeArrayIsDrawnTheSameOnAnyNumberOfThreads(string type, int sparse = -1)
    {
        var parameter = new FillerParameter { Type = type, Sparse = sparse };
        float[] alone = Fill(parameter, Large), together = Fill(parameter, Large, new Backwards());

        Assert.Equal(alone, together);
        using var pool = new WorkerPool(3);
        Assert.Equal(alone, Fill(parameter, Large, new PoolPartRunner(pool)));

        // Parts have different random numbers.
        Assert.NotEqual(alone[..1000], alone[(1 << 20)..((1 << 20) + 1000)]);
    }

    // The bits that it had when all cores of the machine generated it.
    [Fact]
    public void TheValuesOfALargeArrayAreTheSameAsEver()
    {
        float[] uniform = Fill(new FillerParameter { Type = "uniform" }, Large);
        byte[] digest = SHA256.HashData(MemoryMarshal.AsBytes(uniform.AsSpan()));
        Assert.Equal("BC29F9C40425E0A2", Convert.ToHexString(digest)[..16]);

        float[] gaussian = Fill(new FillerParameter { Type = "gaussian" }, Large);
        var expected = new double[4096];
        Normal.Samples(new PhiloxRandom(7, 3).Part(1), expected, 0, 1);
        Assert.Equal(Array.ConvertAll(expected, v => (float)v), gaussian[(1 << 20)..((1 << 20) + 4096)]);
    }

    [Fact]
    public void ASmallSparseArrayDrawsItsMaskAfterItsValues()
    {
        float[] values = new float[4000], expected = new float[4000];
        new FillerRegistry().Create(new FillerParameter { Type = "gaussian", Sparse = 1 })
            .Fill(values, [4, 1000], new PhiloxRandom(7, 3));
        var random = new PhiloxRandom(7, 3);
        expected = Array.ConvertAll(expected, _ => (float)Normal.Sample(random, 0, 1));
        Assert.Equal(Array.ConvertAll(expected, v => random.NextDouble() < 0.25 ? v : 0), values);
    }

    // Whether a value is kept is independent of its magnitude, and of its neighbour's.
    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1100, 1000)]
    [InlineData(1000, 4200)]
    public void WhatASparseFillingKeepsIsIndependentOfTheValues(int units, int inputs)
    {
        float[] sparse = new float[units * inputs], dense = new float[units * inputs];
        var parameter = new FillerParameter { Type = "gaussian", Sparse = units / 4 };
        new FillerRegistry().Create(parameter).Fill(sparse, [units, inputs], new PhiloxRandom(7, 3));
        parameter.Sparse = -1;
        new FillerRegistry().Create(parameter).Fill(dense, [units, inputs], new PhiloxRandom(7, 3));
        Assert.All(Enumerable.Range(0, sparse.Length), i => Assert.True(sparse[i] == 0 || sparse[i] == dense[i]));

        foreach (int lag in (int[])[0, 1])
        {
            Assert.InRange(Correlation(sparse, dense, lag, v => v), -0.008, 0.008);
            Assert.InRange(Correlation(sparse, dense, lag, v => Math.Abs(v)), -0.008, 0.008);
        }

        Assert.Equal(0.25, sparse.Count(v => v != 0) / (double)sparse.Length, 0.002);
    }

    // The mask of an array of several parts once came from the numbers of the first part's values.
    [Fact]
    public void TheMaskOfALargeArrayComesFromNoPartsNumbers()
    {
        float[] values = Fill(new FillerParameter { Type = "gaussian", Sparse = Large / 4 }, Large);
        foreach (int part in (int[])[0, 1])
        {
            PhiloxRandom ofValues = new PhiloxRandom(7, 3).Part(part);
            int agreed = values.Count(value => (value != 0) == (ofValues.NextDouble() < 0.25));

            // The expected rate by chance: kept by both, or by neither.
            Assert.Equal((0.25 * 0.25) + (0.75 * 0.75), agreed / (double)Large, 0.005);
        }
    }

    [Fact]
    public void ASmallFillingAllocatesNothing()
    {
        float[] values = new float[5000];
        var random = new PhiloxRandom(7, 3);
        Filler filler = new FillerRegistry().Create(new FillerParameter { Type = "gaussian", Sparse = 2 });
        Assert.Equal(0, Allocations.OnThisThread(() => filler.Fill(values, [50, 100], random)));
    }

    // Correlates whether a value is kept with a function of the value at that offset.
    private static double Correlation(float[] sparse, float[] dense, int lag, Func<float, double> of)
    {
        double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
        for (int i = 0; i < sparse.Length - lag; i++)
        {
            double kept = sparse[i] != 0 ? 1 : 0, value = of(dense[i + lag]);
            (n, x, y, xx, yy, xy) = (n + 1, x + kept, y + value, xx + kept, yy + (value * value), xy + (kept * value));
        }

        return ((xy / n) - (x / n * y / n)) / Math.Sqrt(((xx / n) - (x / n * x / n)) * ((yy / n) - (y / n * y / n)));
    }

    private static float[] Fill(FillerParameter parameter, int count, IPartRunner? runner = null)
    {
        var values = new float[count];
        Filler filler = new FillerRegistry().Create(parameter);
        filler.Parts = runner ?? filler.Parts;
        filler.Fill(values, parameter.Sparse < 0 ? [1, count] : [count, 1], new PhiloxRandom(7, 3));
        return values;
    }

    // Runs every part on its own thread, the last first.
    private sealed class Backwards : IPartRunner
    {
        public void Run(int count, Action<int> part)
        {
            Thread[] threads = [.. Enumerable.Range(0, count).Reverse().Select(i => new Thread(() => part(i)))];
            Array.ForEach(threads, thread => thread.Start());
            Array.ForEach(threads, thread => thread.Join());
        }
    }
}
