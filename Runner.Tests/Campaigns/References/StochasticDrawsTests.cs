using Cnn.Campaigns.References;
using Cnn.Campaigns.References.Vision;
using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Campaigns.References;

public sealed class StochasticDrawsTests
{
    private const int Windows = 4000;

    [Theory]
    [InlineData("Pooling")]
    [InlineData("SPP")]
    [Trait("Category", "Unit")]
    public void LayersDrawEachPixelAsOftenAsItsShareSays(string type)
    {
        using var pool = new WorkerPool(2);
        SingleCase.Run(c =>
        {
            using var comparison = new LayerComparison(type, new ManyWindows(ReferenceTable.ByType[type]), c, pool);
            comparison.Run();
        });
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void DrawsInProportionToTheValuesAreAccepted() => Check(InProportion);

    [Fact]
    [Trait("Category", "Unit")]
    public void DrawsThatAreEquallyLikelyAreRefused() =>
        Refuse((window, random) => window[random.Next(window.Length)], "rank 0");

    [Fact]
    [Trait("Category", "Unit")]
    public void DrawsThatFavourTheFirstPixelALittleAreRefused() => Refuse(
        (window, random) => random.Chance(0.1) ? window[0] : InProportion(window, random), "place 0");

    [Fact]
    [Trait("Category", "Unit")]
    public void DrawsThatFavourTheLargestALittleAreRefused() => Refuse(
        (window, random) => random.Chance(0.1) ? window.Max() : InProportion(window, random), "rank 0");

    [Fact]
    [Trait("Category", "Unit")]
    public void TheDrawOfOneWindowForAllIsRefused() =>
        Refuse((window, _) => InProportion(window, new PhiloxRandom(5, 0)), "place");

    [Fact]
    [Trait("Category", "Unit")]
    public void TheSameDrawsInEachPassAreRefused()
    {
        var state = new Dictionary<string, double[]>();
        Check(InProportion, state);

        var error = Assert.Throws<ReferenceMismatchException>(() => Check(InProportion, state));

        Assert.Contains("the place of the pass before", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AValueThatIsNotInTheWindowIsRefused() =>
        Assert.Throws<ReferenceMismatchException>(() => Check((window, _) => window.Sum()));

    private static double InProportion(double[] window, PhiloxRandom random)
    {
        double left = random.NextDouble() * window.Sum();
        return window.First(value => (left -= value) < 0);
    }

    private static void Refuse(Func<double[], PhiloxRandom, double> draw, string what)
    {
        var error = Assert.Throws<ReferenceMismatchException>(() => Check(draw));
        Assert.Contains($"draws of {what}", error.Message, StringComparison.Ordinal);
    }

    // Windows of two by two pixels.
    private static void Check(Func<double[], PhiloxRandom, double> draw, Dictionary<string, double[]>? state = null)
    {
        var call = new ReferenceCall
        {
            Layer = new LayerParameter { Type = "Test" },
            IsTraining = true,
            Bottoms = [],
            Parameters = [],
            Tops = [],
            Magnitudes = [],
            State = state ?? [],
        };
        var random = new PhiloxRandom(3, 7);
        var two = PoolingWindows.Of(2, 2, 2, 0, 0, isCeil: true, isPadded: false);
        var pooling = new PlanePooling(two, two);
        var draws = new StochasticDraws(call);
        for (int i = 0; i < Windows; i++)
        {
            double[] plane = [.. Enumerable.Range(0, 4).Select(_ => 0.05 + random.NextDouble())];
            draws.Add(plane, pooling, 0, draw(plane, random));
        }

        draws.Finish();
    }

    // Two passes of many windows.
    private sealed class ManyWindows(IReferenceLayer reference)
        : IReferenceLayer, IReferenceCases, IReferenceObserver
    {
        public void Forward(ReferenceCall call) => reference.Forward(call);

        public void Observe(ReferenceCall call, IReadOnlyList<ReferenceBlob> product) =>
            ((IReferenceObserver)reference).Observe(call, product);

        public ReferenceCase Draw(PhiloxRandom random, string type) => new()
        {
            Layer = new LayerParameter
            {
                Type = type,
                Phase = Phase.Train,
                PoolingParam = new()
                {
                    Pool = PoolingParameter.Types.PoolMethod.Stochastic, KernelSize = 2, Stride = 2,
                },
                SppParam = new() { Pool = SPPParameter.Types.PoolMethod.Stochastic, PyramidHeight = 4 },
            },
            Bottoms = [new ReferenceBottom([16, 128, 16, 16], StochasticDraws.Values(0))],
            HasGradient = false,
            Passes = 2,
        };
    }
}
