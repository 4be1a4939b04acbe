using Cnn.Layers;
using Cnn.Layers.Data;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

/// <summary>The behaviour that all image sources inherit: which item is at which position of which batch.</summary>
[Trait("Category", "Unit")]
public class ImageSourceLayerTests
{
    [Fact]
    public void BatchesGoThroughTheItemsAndBeginAgain()
    {
        using DataRun run = RunOf(items: 5, batch: 3);
        Assert.Equal([0, 1, 2], LabelsOf(run, 0));
        Assert.Equal([3, 4, 0], LabelsOf(run, 1));
        Assert.Equal([1, 2, 3], LabelsOf(run, 2));
        Assert.Equal([3, 1, 2, 2], run.Tops[0].Shape.ToArray());
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], run.Images);

        // The batch is a function of the pass alone.
        Assert.Equal([3, 4, 0], LabelsOf(run, 1));
        Assert.Equal(3, LabelsOf(run, 1_000_000_001)[0]);
    }

    [Fact]
    public void ASourceWithoutAnEndGoesOn()
    {
        using DataRun run = RunOf(items: 0, batch: 4);
        Assert.Equal([4000, 4001, 4002, 4003], LabelsOf(run, 1000));
    }

    [Fact]
    public void AShuffledSourceGivesEveryItemOnceAnEpochInAnOrderOfItsOwn()
    {
        using DataRun run = RunOf(items: 30, batch: 6, shuffle: true);
        float[][] epochs = [.. Enumerable.Range(0, 3).Select(epoch =>
            Enumerable.Range(0, 5).SelectMany(i => LabelsOf(run, (5 * epoch) + i)).ToArray())];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 30).Select(i => (float)i), epoch.Order()));
        Assert.Equal(3, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
    }

    [Fact]
    public void PassesBeforeTheFirstCountBackwards()
    {
        using DataRun run = RunOf(items: 6, batch: 3, firstPass: 10);
        Assert.Equal([0, 1, 2], LabelsOf(run, 10));
        Assert.Equal([3, 4, 5], LabelsOf(run, 9));
        Assert.Equal([0, 1, 2], LabelsOf(run, 8));
    }

    [Fact]
    public void ImagesAreTransformedAndLabelsMayBeLeftOut()
    {
        using DataRun run = RunOf(
            items: 5, batch: 2, tops: 1, transform: new TransformationParameter { Scale = 10, CropSize = 1 });
        run.Pass(1);
        Assert.Equal([2, 1, 1, 1], run.Tops[0].Shape.ToArray());
        Assert.Equal([20, 30], run.Images);
    }

    [Theory]
    [InlineData(0u, "batch_size is missing or 0")]
    [InlineData((1u << 24) + 1, "batch_size 16777217 is too large")]
    public void AnImpossibleBatchSizeIsRefused(uint batch, string expected) => Assert.Contains(
        expected, Assert.Throws<CnnException>(() => RunOf(items: 5, batch: batch)).Message, StringComparison.Ordinal);

    [Fact]
    public void LoadingAllocatesNothing()
    {
        using DataRun run = RunOf(items: 50, batch: 20, shuffle: true);
        long pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    private static DataRun RunOf(
        long items, uint batch, bool shuffle = false, long firstPass = 0, int tops = 2,
        TransformationParameter? transform = null)
    {
        var parameter = new LayerParameter { Type = "Numbers", TransformParam = transform };
        return new DataRun(context => new Numbers(context, batch, items, shuffle, firstPass), parameter, tops: tops);
    }

    private static float[] LabelsOf(DataRun run, long pass)
    {
        run.Pass(pass);
        return run.Labels;
    }

    // Item i is an image of [1, 2, 2] full of i, and its label is i.
    private sealed class Numbers(LayerContext context, uint batch, long items, bool shuffle, long firstPass)
        : ImageSourceLayer(context, new DigitsParameter(), DigitsParameter.BatchSizeFieldNumber, batch)
    {
        private protected override long Count => items;

        private protected override bool IsShuffled => shuffle;

        private protected override long FirstPass => firstPass;

        private protected override void Open(bool hasLabels)
        {
        }

        private protected override ImageShape TopShape(long first) => Plan(new ImageShape(1, 2, 2));

        private protected override void Load(long item, int worker, ImageTarget target) =>
            target.Transform([item, item, item, item], item);
    }
}
