using Cnn.Layers;
using Cnn.Layers.Data;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data;

/// <summary>The behaviour that all image sources inherit: which item is at which position of which batch.</summary>
[Trait("Category", "Unit")]
public class ImageSourceLayerTests
{
    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    public void BatchesGoThroughTheItemsAndBeginAgain(uint prefetch)
    {
        using DataRun run = RunOf(items: 5, batch: 3, prefetch: prefetch);
        Assert.Equal([0, 1, 2], LabelsOf(run, 0));
        Assert.Equal([3, 4, 0], LabelsOf(run, 1));
        Assert.Equal([1, 2, 3], LabelsOf(run, 2));
        Assert.Equal([3, 1, 2, 2], run.Tops[0].Shape.ToArray());
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], run.Images);

        // The batch is a function of the pass alone.
        Assert.Equal([3, 4, 0], LabelsOf(run, 1));
        Assert.Equal(3, LabelsOf(run, 1_000_000_001)[0]);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    public void ASourceWithoutAnEndGoesOn(uint prefetch)
    {
        using DataRun run = RunOf(items: 0, batch: 4, prefetch: prefetch);
        Assert.Equal([4000, 4001, 4002, 4003], LabelsOf(run, 1000));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    public void AShuffledSourceGivesEveryItemOnceAnEpochInAnOrderOfItsOwn(uint prefetch)
    {
        using DataRun run = RunOf(items: 30, batch: 6, shuffle: true, prefetch: prefetch);
        float[][] epochs = [.. Enumerable.Range(0, 3).Select(epoch =>
            Enumerable.Range(0, 5).SelectMany(i => LabelsOf(run, (5 * epoch) + i)).ToArray())];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 30).Select(i => (float)i), epoch.Order()));
        Assert.Equal(3, epochs.Select(epoch => string.Join(' ', epoch)).Distinct().Count());
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    public void PassesBeforeTheFirstCountBackwards(uint prefetch)
    {
        using DataRun run = RunOf(items: 6, batch: 3, firstPass: 10, prefetch: prefetch);
        Assert.Equal([0, 1, 2], LabelsOf(run, 10));
        Assert.Equal([3, 4, 5], LabelsOf(run, 9));
        Assert.Equal([0, 1, 2], LabelsOf(run, 8));
    }

    [Fact]
    public void ABatchLoadedAheadHasTheBitsOfOneLoadedWhenItIsNeeded()
    {
        var transform = new TransformationParameter { CropSize = 1, Mirror = true };
        using DataRun now = RunOf(items: 37, batch: 8, shuffle: true, transform: transform);
        using DataRun ahead = RunOf(items: 37, batch: 8, shuffle: true, transform: transform, prefetch: 3);
        foreach (long pass in (long[])[0, 1, 2, 3, 3, 17, 18, 2, 3, 4])
        {
            now.Pass(pass);
            ahead.Pass(pass);
            Assert.Equal(now.Images, ahead.Images);
            Assert.Equal(now.Labels, ahead.Labels);
        }
    }

    [Fact]
    public void NoMoreBatchesAreLoadedAheadThanPrefetchSays()
    {
        var loaded = new HashSet<long>();
        using DataRun run = RunOf(items: 0, batch: 2, prefetch: 2, load: item =>
        {
            lock (loaded)
            {
                loaded.Add(item / 2);
            }
        });
        run.Pass(0);
        run.Pass(1);
        run.Pass(2);
        run.Layer.Dispose();
        Assert.Subset(new HashSet<long> { 0, 1, 2, 3, 4 }, loaded);
    }

    [Theory]
    [InlineData(4, 2, 2)]
    [InlineData(8, 7, 1)]
    [InlineData(5, 1, 3)]
    public void TheBatchesOfAShareAreLoadedAheadOnceAndNoOthers(int period, int first, int count)
    {
        const int Taken = 40, Ahead = 3;
        var share = new PassShare(period, first, count);
        var loaded = new List<long>();
        using DataRun run = RunOf(items: 0, batch: 2, prefetch: Ahead, load: item =>
        {
            lock (loaded)
            {
                loaded.Add(item);
            }
        });
        run.Clock.Share = share;
        for (int number = 5; number < 5 + Taken; number++)
        {
            long pass = share.PassOf(number);
            Assert.Equal([2 * pass, (2 * pass) + 1], LabelsOf(run, pass));
        }

        run.Layer.Dispose();
        Assert.Equal(loaded.Count, loaded.Distinct().Count());
        Assert.All(loaded, item => Assert.InRange(share.NumberOf(item / 2), 5, 5 + Taken + Ahead - 1));
        Assert.All(loaded, item => Assert.True(share.Has(item / 2)));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(3u)]
    public void AnyPassHasItsBatchWhateverTheShare(uint prefetch)
    {
        using DataRun run = RunOf(items: 0, batch: 2, prefetch: prefetch);
        PassShare second = new(4, 2, 2), last = new(3, 2, 1);
        (PassShare Share, long Pass)[] passes =
        [
            (second, 2), (second, 3), (second, 6), (second, 6), (second, 0), (second, 1), (second, 2), (second, 9),
            (second, 10), (last, 10), (last, 11), (last, 14), (second, 14), (PassShare.All, 14), (PassShare.All, 15),
            (last, 15), (last, 17), (last, 5),
        ];
        Assert.All(passes, step =>
        {
            run.Clock.Share = step.Share;
            Assert.Equal([2 * step.Pass, (2 * step.Pass) + 1], LabelsOf(run, step.Pass));
        });
    }

    [Fact]
    public void AfterAPassOutsideTheShareItsNextPassesAreLoadedAhead()
    {
        var loaded = new HashSet<long>();
        using DataRun run = RunOf(items: 0, batch: 1, prefetch: 2, load: item =>
        {
            lock (loaded)
            {
                loaded.Add(item);
            }
        });
        run.Clock.Share = new PassShare(4, 2, 1);
        run.Pass(4);
        run.Pass(6);
        run.Pass(10);
        run.Layer.Dispose();
        Assert.Superset(new HashSet<long> { 4, 6, 10 }, loaded);
        Assert.Subset(new HashSet<long> { 4, 6, 10, 14, 18 }, loaded);
    }

    [Theory]
    [InlineData(7L, 7L)]
    [InlineData(0L, null)]
    public void ASourceTellsHowManyItemsItHas(long items, long? count)
    {
        using DataRun run = RunOf(items, batch: 2);
        Assert.Equal(count, run.Layer.SourceCount);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    public void ASourceThatFailsInTheMiddleNamesTheItemInItsPass(uint prefetch)
    {
        using DataRun run = RunOf(items: 20, batch: 4, prefetch: prefetch, load: item =>
        {
            if (item is 9 or 10)
            {
                throw new CnnException("it is torn");
            }
        });
        Assert.Equal([0, 1, 2, 3], LabelsOf(run, 0));
        Assert.Equal([4, 5, 6, 7], LabelsOf(run, 1));
        CnnException error = Assert.Throws<CnnException>(() => run.Pass(2));
        Assert.Equal("item 9: it is torn", error.Diagnostics[0].Message);
        Assert.Equal("data", error.Diagnostics[0].Layer);
        Assert.Throws<CnnException>(() => run.Pass(2));
        Assert.Equal([12, 13, 14, 15], LabelsOf(run, 3));
    }

    [Fact]
    public void AnyFaultOnAThreadOfTheSourceReachesTheNet()
    {
        using DataRun run = RunOf(
            items: 20, batch: 4, prefetch: 2, load: _ => throw new InvalidOperationException("a bug"));
        Assert.Equal("a bug", Assert.Throws<InvalidOperationException>(() => run.Pass(0)).Message);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    public void BadRecordsAreSkippedAndListedUpToTheirNumber(uint prefetch)
    {
        List<Diagnostic> warnings = [];
        using DataRun run = RunOf(items: 12, batch: 4, prefetch: prefetch, skip: 3, warn: warnings.Add, load: item =>
        {
            if (item is 2 or 5 or 6)
            {
                throw new CnnException("it is torn");
            }
        });
        Assert.Equal([0, 1, 3, 3], LabelsOf(run, 0));
        Assert.Equal(["item 2 is skipped (1 of at most 3): it is torn"], warnings.Select(w => w.Message));
        Assert.Equal([4, 7, 7, 7], LabelsOf(run, 1));
        Assert.Equal([8, 9, 10, 11], LabelsOf(run, 2));
        Assert.Equal([0, 1, 3, 3], LabelsOf(run, 3));
        Assert.Equal(
            [
                "item 2 is skipped (1 of at most 3): it is torn",
                "item 5 is skipped (2 of at most 3): it is torn",
                "item 6 is skipped (3 of at most 3): it is torn",
            ],
            warnings.Select(w => w.Message));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    public void OneBadRecordTooManyIsAnErrorInThePassThatMeetsIt(uint prefetch)
    {
        using DataRun run = RunOf(items: 12, batch: 4, prefetch: prefetch, skip: 1, load: item =>
        {
            if (item is 2 or 9)
            {
                throw new CnnException("it is torn");
            }
        });
        Assert.Equal([0, 1, 3, 3], LabelsOf(run, 0));
        Assert.Equal([4, 5, 6, 7], LabelsOf(run, 1));
        Assert.Equal(
            "item 9: it is torn (more than the 1 that skip_bad_records allows)",
            Assert.Throws<CnnException>(() => run.Pass(2)).Diagnostics[0].Message);
    }

    [Fact]
    public void ASourceOfBadRecordsAloneIsAnErrorAndNoHang()
    {
        using DataRun run = RunOf(
            items: 3, batch: 2, prefetch: 2, skip: 100, load: _ => throw new CnnException("it is torn"));
        Assert.Contains("it is torn", Assert.Throws<CnnException>(() => run.Pass(0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TheWaitForASlowSourceIsMeasured()
    {
        var pause = TimeSpan.FromMilliseconds(20);
        using DataRun run = RunOf(items: 8, batch: 2, load: _ => Thread.Sleep(pause));
        Assert.Equal(TimeSpan.Zero, run.Layer.WaitedForData);
        run.Pass(0);
        TimeSpan first = run.Layer.WaitedForData;
        Assert.True(first >= pause / 2);
        run.Pass(1);
        Assert.True(run.Layer.WaitedForData >= first + (pause / 2));
    }

    [Fact]
    public void TooManyBatchesAheadAreRefused() => Assert.Contains(
        "prefetch 1025 is too large",
        Assert.Throws<CnnException>(() => RunOf(items: 5, batch: 1, prefetch: 1025)).Message,
        StringComparison.Ordinal);

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

    [Theory]
    [InlineData(0u)]
    [InlineData(2u)]
    public void LoadingAllocatesNothing(uint prefetch)
    {
        using DataRun run = RunOf(items: 50, batch: 20, shuffle: true, prefetch: prefetch);
        long pass = 0;
        Assert.Equal(0, Allocations.OnThisThread(() => run.Pass(pass++)));
    }

    private static DataRun RunOf(
        long items,
        uint batch,
        bool shuffle = false,
        long firstPass = 0,
        int tops = 2,
        TransformationParameter? transform = null,
        uint prefetch = 0,
        uint skip = 0,
        Action<Diagnostic>? warn = null,
        Action<long>? load = null)
    {
        var parameter = new LayerParameter { Type = "Numbers", TransformParam = transform };
        var options = new SourceOptions(
            new DigitsParameter(), 0, DigitsParameter.BatchSizeFieldNumber, batch, prefetch, skip);
        return new DataRun(
            context => new Numbers(context, options, items, shuffle, firstPass, load),
            parameter,
            tops: tops,
            warn: warn);
    }

    private static float[] LabelsOf(DataRun run, long pass)
    {
        run.Pass(pass);
        return run.Labels;
    }

    // Item i is an image of [1, 2, 2] full of i, and its label is i.
    private sealed class Numbers(
        LayerContext context, SourceOptions options, long items, bool shuffle, long firstPass, Action<long>? load)
        : ImageSourceLayer(context, options)
    {
        private static readonly ImageShape Shape = new(1, 2, 2);

        private protected override long Count => items;

        private protected override bool IsShuffled => shuffle;

        private protected override long FirstPass => firstPass;

        private protected override void Open(bool hasLabels)
        {
        }

        private protected override ImageShape ShapeOf(long item, int worker) => Shape;

        private protected override void Load(long item, int worker, ImageTarget target)
        {
            load?.Invoke(item);
            target.Transform(Shape, [item, item, item, item], item);
        }

        private protected override string NameOf(long item) => $"item {item}";
    }
}
