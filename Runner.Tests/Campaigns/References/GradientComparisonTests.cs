using Cnn.Campaigns.References;
using Cnn.Proto;

namespace Cnn.Tests.Campaigns.References;

public sealed class GradientComparisonTests
{
    private const int Many = 500;

    [Fact]
    [Trait("Category", "Unit")]
    public void ATrueGradientIsAccepted() =>
        Assert.Equal(2, Compare(new Magnitudes(), [2, -3], [0.5, 1.5], [0.5, -1.5])["slopes"]);

    [Fact]
    [Trait("Category", "Unit")]
    public void AFalseGradientIsRefused()
    {
        var error = Assert.Throws<ReferenceMismatchException>(
            () => Compare(new Magnitudes(), [2, -3], [0.5, 1.5], [0.5, -1.4]));

        Assert.Contains("the gradient of bottom 0 [2] is -1.4 at 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [Trait("Category", "Unit")]
    public void AGradientThatIsNoNumberIsRefusedEvenAtAKink(double gradient) =>
        Assert.Throws<ReferenceMismatchException>(() => Compare(new Magnitudes(), [0], [1], [gradient]));

    [Theory]
    [InlineData(0)]
    [InlineData(1e-8)]
    [Trait("Category", "Unit")]
    public void ACoordinateAtAKinkIsSkippedAndCounted(double value) =>
        Assert.Equal(1, Compare(new Magnitudes(), [value], [1], [-1])["slopes skipped at kinks"]);

    [Fact]
    [Trait("Category", "Unit")]
    public void OneFalseValueAmongManyIsSeenAlongADirection()
    {
        double[] values = [.. Enumerable.Range(0, Many).Select(i => i + 1.0)], ones = [.. values.Select(_ => 1.0)];
        double[] computed = [.. ones];
        Compare(new Magnitudes(), values, ones, computed);

        computed[Many / 2] = 1.02;

        Assert.Throws<ReferenceMismatchException>(() => Compare(new Magnitudes(), values, ones, computed));
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AGradientByFormulaIsComparedWithTheFormula()
    {
        Assert.Equal(1, Compare(new Doubled(), [2], [1], [2])["gradients by formula"]);
        Assert.Throws<ReferenceMismatchException>(() => Compare(new Doubled(), [2], [1], [1]));
    }

    private static IReadOnlyDictionary<string, long> Compare(
        IReferenceLayer reference, double[] values, double[] diffs, double[] computed)
    {
        var call = new ReferenceCall
        {
            Layer = new LayerParameter { Type = "Test" },
            IsTraining = true,
            Bottoms = [Blob(values)],
            Parameters = [],
            Tops = [new ReferenceBlob(values.Length)],
            Magnitudes = [new ReferenceBlob(values.Length)],
            State = new Dictionary<string, double[]>(),
        };
        return SingleCase.Run(
            c => new GradientComparison(reference, call, [Blob(diffs)], work: 0, c).CompareBottom(0, Blob(computed)));
    }

    private static ReferenceBlob Blob(double[] values)
    {
        var blob = new ReferenceBlob(values.Length);
        values.CopyTo(blob.Data, 0);
        return blob;
    }

    private class Magnitudes : IReferenceLayer
    {
        public void Forward(ReferenceCall call)
        {
            for (int i = 0; i < call.Tops[0].Count; i++)
            {
                call.Tops[0].Data[i] = Math.Abs(call.Bottoms[0].Data[i]);
            }
        }
    }

    private sealed class Doubled : Magnitudes, IReferenceGradient
    {
        public bool HasOwnGradient(ReferenceCall call) => true;

        public void Backward(ReferenceCall call) => call.BottomDiffs[0].Data[0] = 2 * call.TopDiffs[0].Data[0];
    }
}
