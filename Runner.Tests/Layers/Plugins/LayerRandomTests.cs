using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Plugins;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Plugins;

[Trait("Category", "Unit")]
public class LayerRandomTests
{
    private const int Count = 50_003;

    [Fact]
    public void NumbersAreAFunctionOfSeedLayerPurposeAndPass()
    {
        float[] first = Uniform();
        Assert.Equal(first, Uniform());
        Assert.Equal(first, Uniform(threads: 1));
        Assert.All(
            [Uniform(seed: 2), Uniform(layer: "other"), Uniform(purpose: "other"), Uniform(pass: 1)],
            other => Assert.InRange(first.Zip(other).Count(pair => pair.First == pair.Second), 0, Count / 1000));
    }

    [Fact]
    public void TheNumberAtAPlaceDependsOnThePlaceAlone()
    {
        using var run = new Run();
        float[] whole = new float[Count], part = new float[100];
        run.Random.FillNormal(whole);
        run.Random.FillNormal(part);
        Assert.Equal(whole[..100], part);
    }

    [Fact]
    public void MomentsAreThoseOfTheDistributions()
    {
        using var run = new Run();
        float[] values = new float[200_000];
        run.Random.FillUniform(values, -1, 3);
        Assert.All(values, v => Assert.InRange(v, -1, 3));
        CheckMoments(1, 4 / Math.Sqrt(12));
        run.Random.FillNormal(values, 2, 0.5f);
        Assert.All(values, v => Assert.InRange(v, -2, 6));
        CheckMoments(2, 0.5);

        void CheckMoments(double mean, double deviation)
        {
            double found = values.Average(v => (double)v);
            Assert.Equal(mean, found, 5 * deviation / Math.Sqrt(values.Length));
            Assert.Equal(deviation, Math.Sqrt(values.Average(v => (v - found) * (v - found))), 0.01 * deviation);
        }
    }

    [Fact]
    public void TheGeneratorBeginsAnewInEveryPass()
    {
        using var run = new Run();
        double first = run.Random.AtPass().NextDouble();
        Assert.Equal(first, run.Random.AtPass().NextDouble());
        run.Clock.Pass = 1;
        Assert.NotEqual(first, run.Random.AtPass().NextDouble());
    }

    [Fact]
    public void DrawingAllocatesNothing()
    {
        using var run = new Run();
        float[] values = new float[Count];
        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            run.Random.FillUniform(values);
            run.Random.FillNormal(values);
            values[0] = run.Random.AtPass().NextSingle();
        }));
    }

    private static float[] Uniform(
        long seed = 1, string layer = "mine", string purpose = "noise", long pass = 0, int threads = 3)
    {
        using var run = new Run(seed, layer, purpose, threads);
        run.Clock.Pass = pass;
        float[] values = new float[Count];
        run.Random.FillUniform(values);
        return values;
    }

    private sealed class Run : IDisposable
    {
        private readonly WorkerPool pool;

        public Run(long seed = 1, string layer = "mine", string purpose = "noise", int threads = 3)
        {
            pool = new WorkerPool(threads);
            Random = new LayerRandom(
                new LayerContext
                {
                    Parameter = new LayerParameter { Name = layer, Type = "Mine" }, Pool = pool, Clock = Clock,
                    Random = new RandomStreams(seed),
                },
                purpose);
        }

        public PassClock Clock { get; } = new();

        public LayerRandom Random { get; }

        public void Dispose() => pool.Dispose();
    }
}
