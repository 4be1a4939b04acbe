using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Plugins;

/// <summary>Compares the operations for plug-ins with simple loops.</summary>
[Trait("Category", "Unit")]
public sealed class LayerMathTests : IDisposable
{
    private readonly WorkerPool pool = new(3);
    private readonly LayerMath math;

    public LayerMathTests() => math = new LayerMath(ContextOn(pool));

    public static TheoryData<int> Lengths => [0, 1, 15, 16, 17, 100, (16 * 1024) + 5, 40_000];

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 5, 7)]
    [InlineData(70, 33, 130)]
    [InlineData(1, 90, 40)]
    [InlineData(90, 1, 40)]
    [InlineData(4, 6, 0)]
    [InlineData(0, 6, 3)]
    public void GemmAgreesWithThreeLoops(int m, int n, int k)
    {
        float[] a = Values(m * k, 1), b = Values(k * n, 2), start = Values(m * n, 3);
        (float, float)[] factors = [(1, 0), (1, 1), (2.5f, 0), (-0.5f, 1), (1, 0.25f), (3, -2), (0, 2), (0, 0)];
        for (int transposed = 0; transposed < 4; transposed++)
        {
            bool transposeA = (transposed & 1) != 0, transposeB = (transposed & 2) != 0;
            foreach (var (alpha, beta) in factors)
            {
                float[] c = [.. start];
                math.Gemm(transposeA, transposeB, m, n, k, alpha, a, b, beta, c);
                for (int i = 0; i < m; i++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        double sum = 0;
                        for (int p = 0; p < k; p++)
                        {
                            double left = a[transposeA ? (p * m) + i : (i * k) + p];
                            sum += left * b[transposeB ? (j * k) + p : (p * n) + j];
                        }

                        double expected = (alpha * sum) + (beta * start[(i * n) + j]);
                        Assert.Equal(expected, c[(i * n) + j], 1e-5 * (1 + k));
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 4)]
    [InlineData(0, 0)]
    public void AFactorOf0OverwritesWhateverTheResultHolds(float alpha, int k)
    {
        float[] c = [float.NaN, float.PositiveInfinity, 1, 2, 3, 4];
        math.Gemm(false, false, 2, 3, k, alpha, new float[2 * k], new float[k * 3], 0, c);
        Assert.Equal(new float[6], c);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void ValueByValueItAgreesWithScalarFunctions(int length)
    {
        float[] a = Values(length, 1), b = Values(length, 2), positive = Array.ConvertAll(a, v => Math.Abs(v) + 0.01f);
        Check(y => math.Add(a, b, y), i => a[i] + b[i]);
        Check(y => math.Subtract(a, b, y), i => a[i] - b[i]);
        Check(y => math.AddScaled(2, a, -3, b, y), i => (2 * a[i]) - (3 * b[i]));
        Check(y => math.Multiply(a, b, y), i => a[i] * b[i]);
        Check(y => math.Divide(a, positive, y), i => a[i] / positive[i]);
        Check(y => math.Scale(-1.5f, a, y), i => -1.5f * a[i]);
        Check(y => math.Exp(a, y), i => Math.Exp(a[i]));
        Check(y => math.Log(positive, y), i => Math.Log(positive[i]));
        Check(y => math.Tanh(a, y), i => Math.Tanh(a[i]));
        Check(y => math.Sigmoid(a, y), i => 1 / (1 + Math.Exp(-a[i])));
        Check(y => math.Pow(positive, 1.5f, y), i => Math.Pow(positive[i], 1.5));
        Check(y => math.Map(a, y, Square), i => a[i] * a[i]);
        Check(y => math.Map(a, b, y, Hypotenuse), i => Math.Sqrt((a[i] * a[i]) + (b[i] * b[i])));

        void Check(Action<float[]> run, Func<int, double> expected)
        {
            float[] y = new float[length];
            run(y);
            for (int i = 0; i < length; i++)
            {
                double value = expected(i);
                Assert.Equal(value, y[i], 2e-6 * (1 + Math.Abs(value)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void SumsAreThoseOfDoublesAndTheSameOnAnyNumberOfThreads(int length)
    {
        float[] a = Values(length, 1), b = Values(length, 2);
        double sum = 0, dot = 0;
        for (int i = 0; i < length; i++)
        {
            sum += a[i];
            dot += (double)a[i] * b[i];
        }

        Assert.Equal(sum, math.Sum(a), 1e-8);
        Assert.Equal(dot, math.Dot(a, b), 1e-8);
        using var one = new WorkerPool(1);
        var alone = new LayerMath(ContextOn(one));
        Assert.Equal(alone.Sum(a), math.Sum(a));
        Assert.Equal(alone.Dot(a, b), math.Dot(a, b));
    }

    [Fact]
    public void AResultMayBeAnOperand()
    {
        float[] a = Values(1000, 1), b = Values(1000, 2), y = [.. a];
        math.Add(y, b, y);
        Assert.Equal(a.Zip(b, (u, v) => u + v), y);
    }

    [Fact]
    public void MapTellsWhereItsStretchBegins()
    {
        float[] x = new float[50_000], y = new float[50_000];
        math.Map(x, y, (stretch, to, first) =>
        {
            for (int i = 0; i < to.Length; i++)
            {
                to[i] = first + i;
            }
        });
        Assert.Equal(Enumerable.Range(0, 50_000).Select(i => (float)i), y);
    }

    [Fact]
    public void EveryPartRunsOnce()
    {
        int[] runs = new int[100];
        math.Parallel(100, part => Interlocked.Increment(ref runs[part]));
        Assert.All(runs, count => Assert.Equal(1, count));
        var job = new Counting { Runs = runs };
        math.Parallel(100, ref job);
        Assert.All(runs, count => Assert.Equal(2, count));
    }

    [Fact]
    public void WhatDoesNotFitIsNamedWithBothSizes()
    {
        float[] six = new float[6], eight = new float[8], four = new float[4];
        Says("Gemm: A has 6 values, [2, 4] has 8", () => math.Gemm(false, false, 2, 2, 4, 1, six, eight, 0, four));
        Says("Gemm: A has 6 values, [4, 2] has 8", () => math.Gemm(true, false, 2, 2, 4, 1, six, eight, 0, four));
        Says("Gemm: B has 6 values, [4, 2] has 8", () => math.Gemm(false, false, 2, 2, 4, 1, eight, six, 0, four));
        Says("Gemm: C has 6 values, [2, 2] has 4", () => math.Gemm(false, false, 2, 2, 4, 1, eight, eight, 0, six));
        Says("Gemm: A cannot be [-2, 4]", () => math.Gemm(false, false, -2, 2, 4, 1, eight, eight, 0, six));
        Says(
            "Gemm: A has 6 values, [65536, 65536] has 4294967296",
            () => math.Gemm(false, false, 65536, 1, 65536, 1, six, eight, 0, six));
        Says(
            "Gemm: C overlaps A",
            () => math.Gemm(false, false, 2, 2, 2, 1, eight.AsSpan(0, 4), six.AsSpan(0, 4), 0, eight.AsSpan(3, 4)));
        Says(
            "Gemm: C overlaps B",
            () => math.Gemm(false, false, 2, 2, 2, 1, six.AsSpan(0, 4), eight.AsSpan(0, 4), 0, eight.AsSpan(0, 4)));
        Says("Add: the second has 8 values, the first operand 6", () => math.Add(six, eight, six));
        Says("Exp: the result has 8 values, the first operand 6", () => math.Exp(six, eight));
        Says(
            "Scale: the result begins 2 values behind an operand's first",
            () => math.Scale(1, eight.AsSpan(0, 6), eight.AsSpan(2, 6)));
        Says(
            "Add: the result begins 1 values before an operand's first",
            () => math.Add(six, eight.AsSpan(1, 6), eight.AsSpan(0, 6)));
        Says("Map: the result has 8 values", () => math.Map(six, eight, Square));
        Says("Dot: b has 8 values, the first operand 6", () => math.Dot(six, eight));
        Says("Parallel: there cannot be -1 parts", () => math.Parallel(-1, part => { }));
        Says("Gemm is called from within a part", () => math.Parallel(4, part =>
            math.Gemm(false, false, 2, 2, 2, 1, new float[4], new float[4], 0, new float[4])));
        Says("Sum is called from within a part", () => math.Parallel(4, part => math.Sum(new float[4])));

        static void Says(string expected, Action call)
        {
            Diagnostic error = Assert.Throws<CnnException>(call).Diagnostics[0];
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.Equal("mine", error.Layer);
        }
    }

    [Fact]
    public void NothingIsAllocatedAfterTheFirstPass()
    {
        float[] a = Values(4000, 1), b = Values(4000, 2), c = new float[1600];
        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            math.Gemm(false, false, 40, 40, 100, 0.5f, a, b, 2, c);
            math.Add(a, b, a);
            math.Map(a, b, Square);
            math.Sum(a);
        }));
    }

    private static void Square(ReadOnlySpan<float> x, Span<float> y, int first)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = x[i] * x[i];
        }
    }

    private static void Hypotenuse(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y, int first)
    {
        for (int i = 0; i < y.Length; i++)
        {
            y[i] = MathF.Sqrt((a[i] * a[i]) + (b[i] * b[i]));
        }
    }

    private static LayerContext ContextOn(WorkerPool pool) => new()
    {
        Parameter = new LayerParameter { Name = "mine", Type = "Mine" }, Pool = pool,
    };

    private static float[] Values(int count, ulong seed)
    {
        var values = new float[count];
        LayerHarness.Fill(values, seed, -2, 2);
        return values;
    }

    private struct Counting : IParallelJob
    {
        public int[] Runs;

        public readonly void Run(int part, int worker) => Interlocked.Increment(ref Runs[part]);
    }
}
