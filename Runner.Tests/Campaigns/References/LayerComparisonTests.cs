using Cnn.Campaigns.References;
using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Campaigns.References;

public sealed class LayerComparisonTests
{
    private const int Cases = 8;

    [Fact]
    [Trait("Category", "Unit")]
    public void TheRightFormulaIsAccepted() => Compare(new Squares { Factor = 1 });

    [Fact]
    [Trait("Category", "Unit")]
    public void AnotherFormulaIsRefused()
    {
        var error = Assert.Throws<ReferenceMismatchException>(() => Compare(new Squares { Factor = 1.0001 }));

        Assert.Contains("Power: pass 0, top 0 [2, 3] is", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AnotherShapeIsRefused()
    {
        var error = Assert.Throws<ReferenceMismatchException>(() => Compare(new Squares { Shape = [3, 2] }));

        Assert.Equal("top 0 has shape [2, 3], the formula gives [3, 2]", error.Message);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AParameterThatChangesOnOneSideAloneIsRefused()
    {
        var error = Assert.Throws<ReferenceMismatchException>(() => Compare(new MovingSlope()));

        Assert.Contains("PReLU: pass 0, parameter 0 [3] is", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AGradientWhereThereShouldBeNoneIsRefused()
    {
        var error = Assert.Throws<ReferenceMismatchException>(() => Compare(new Squares { IsCutOff = true }));

        Assert.Contains("the gradient of bottom 0, through which none flows,", error.Message, StringComparison.Ordinal);
    }

    // Some cases run forward alone.
    private static void Compare(IReferenceLayer reference)
    {
        using var pool = new WorkerPool(1);
        for (int i = 0; i < Cases; i++)
        {
            SingleCase.Run(
                c =>
                {
                    using var comparison = new LayerComparison(
                        reference is MovingSlope ? "PReLU" : "Power", reference, c, pool);
                    comparison.Run();
                },
                i);
        }
    }

    private sealed class Squares : IReferenceLayer, IReferenceCases
    {
        public double Factor { get; init; } = 1;

        public int[] Shape { get; init; } = [2, 3];

        public bool IsCutOff { get; init; }

        public void Forward(ReferenceCall call)
        {
            ReferenceBlob y = call.Top(0, Shape);
            for (int i = 0; i < y.Count; i++)
            {
                y.Data[i] = Factor * Math.Pow(call.Bottoms[0].Data[i], 2);
            }
        }

        public ReferenceCase Draw(PhiloxRandom random, string type) => new()
        {
            Layer = new LayerParameter { Type = type, PowerParam = new PowerParameter { Power = 2 } },
            Bottoms = [new ReferenceBottom([2, 3], Fillings.AwayFromZero(1, 2)) { IsCutOff = IsCutOff }],
        };
    }

    private sealed class MovingSlope : IReferenceLayer, IReferenceCases
    {
        public void Forward(ReferenceCall call)
        {
            call.Bottoms[0].Data.CopyTo(call.Top(0, 2, 3).Data, 0);
            call.Parameter(0, 3).Data[0] += 1;
        }

        public ReferenceCase Draw(PhiloxRandom random, string type) => new()
        {
            Layer = new LayerParameter { Type = type },
            Bottoms = [new ReferenceBottom([2, 3], Fillings.Uniform(1, 2))],
        };
    }
}
