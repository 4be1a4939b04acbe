using Cnn.Proto;

namespace Cnn.Tests.Layers.Detection;

[Trait("Category", "Unit")]
public sealed class ProposalTargetLayerTests
{
    private static readonly float[] Objects = [10, 10, 29, 29, 2, 50, 40, 89, 59, 1];

    [Fact]
    public void RegionsTakeTheClassAndTheShiftsOfTheirObject()
    {
        // An object's, its half, background, what touches nothing, and the objects themselves.
        float[] regions = [0, 12, 10, 31, 29, 0, 10, 10, 29, 17, 0, 50, 40, 69, 49, 0, 0, 0, 5, 5];
        using LayerHarness layer = Make("'num_classes': 4, 'batch_size': -1", regions);
        layer.Forward();

        Assert.Equal([5, 5, 1, 1], layer.Tops[0].Shape);
        Assert.Equal(
            [0, 12, 10, 31, 29, 0, 10, 10, 29, 29, 0, 50, 40, 89, 59, 0, 10, 10, 29, 17, 0, 50, 40, 69, 49],
            layer.Top);
        Assert.Equal([5, 1, 1, 1], layer.Tops[1].Shape);
        Assert.Equal([2, 2, 1, 0, 0], layer.Tops[1].Data.ToArray());
        Assert.Equal([5, 16, 1, 1], layer.Tops[2].Shape);
        float[] shifts = new float[80], weights = new float[80];
        shifts[8] = -0.1f;
        weights.AsSpan(8, 4).Fill(1);
        weights.AsSpan(24, 4).Fill(1);
        weights.AsSpan(36, 4).Fill(1);
        Assert.Equal(shifts, layer.Tops[2].Data.ToArray());
        Assert.Equal(weights, layer.Tops[3].Data.ToArray());
        Assert.Equal(weights, layer.Tops[4].Data.ToArray());
    }

    [Fact]
    public void ThresholdsChangeWhatARegionIs()
    {
        float[] regions = [0, 10, 10, 29, 17, 0, 50, 40, 69, 49, 0, 0, 0, 5, 5];
        Assert.Equal([2, 1, 0, 0], Labels("'batch_size': -1"));
        Assert.Equal([2, 1, 0, 0, 0], Labels("'batch_size': -1, 'bg_thresh_lo': 0"));
        Assert.Equal([2, 2, 1, 0], Labels("'batch_size': -1, 'fg_thresh': 0.4, 'bg_thresh_hi': 0.3"));

        float[] Labels(string options)
        {
            using LayerHarness layer = Make($"'num_classes': 4, {options}", regions);
            layer.Forward();
            return layer.Tops[1].Data.ToArray();
        }
    }

    [Fact]
    public void ShiftsCanBeNormalizedAndWeighed()
    {
        using LayerHarness layer = Make(
            "'num_classes': 3, 'batch_size': -1, 'bbox_normalize_targets_precomputed': true, "
            + "'bbox_normalize_means': [0.1, 0, 0, 0.2], 'bbox_inside_weights': [1, 2, 0, 4]",
            [0, 12, 10, 31, 29]);
        layer.Forward();
        float[] expected = [-2, 0, 0, -1];
        Assert.All(expected.Zip(layer.Tops[2].Data.Slice(8, 4).ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
        Assert.Equal([1, 2, 0, 4], layer.Tops[3].Data.Slice(8, 4).ToArray());
        Assert.Equal([1, 1, 0, 1], layer.Tops[4].Data.Slice(8, 4).ToArray());
    }

    [Theory]
    [InlineData("'num_classes': 2")]
    [InlineData("'num_classes': 21, 'agnostic': true")]
    public void ClassesCanShareTheirShifts(string options)
    {
        using LayerHarness layer = Make($"{options}, 'batch_size': -1", [0, 12, 10, 31, 29]);
        layer.Forward();
        Assert.Equal([3, 8, 1, 1], layer.Tops[2].Shape);
        Assert.Equal([2, 2, 1], layer.Tops[1].Data.ToArray());
        Assert.Equal(-0.1f, layer.Tops[2].Data[4], 1e-6f);
        Assert.Equal([0, 0, 0, 0, 1, 1, 1, 1], layer.Tops[3].Data[..8].ToArray());
    }

    [Fact]
    public void ARandomChoiceStays()
    {
        // 40 regions of an object and 60 of background.
        float[] regions =
        [
            .. Enumerable.Range(0, 40).SelectMany(i => (float[])[0, 10 + (0.1f * i), 10, 29, 29]),
            .. Enumerable.Range(0, 60).SelectMany(i => (float[])[0, 10, 10, 29, 16 + (0.01f * i)]),
        ];
        float[] first = Run(pass: 0, out float[] labels), second = Run(pass: 1, out _);
        Assert.Equal(first, Run(pass: 0, out _));
        Assert.NotEqual(first, second);
        Assert.Equal([.. Enumerable.Repeat(1f, 6), .. new float[18]], labels.Select(l => Math.Min(l, 1)));
        Assert.Equal(24, first.Chunk(5).Select(r => (r[1], r[4])).Distinct().Count());

        float[] Run(int pass, out float[] labels)
        {
            using LayerHarness layer = Make("'num_classes': 4, 'batch_size': 24", regions);
            layer.Clock.Pass = pass;
            layer.Forward();
            labels = layer.Tops[1].Data.ToArray();
            return layer.Top;
        }
    }

    [Fact]
    public void WithoutObjectsAllIsBackground()
    {
        using LayerHarness layer = new(
            Definition("'num_classes': 4, 'bg_thresh_lo': 0"), [[2, 5, 1, 1], [0, 5, 1, 1]], tops: 5);
        layer.Set(0, 0, 1, 2, 3, 4, 0, 5, 6, 7, 8);
        layer.Forward();
        Assert.Equal([0, 0], layer.Tops[1].Data.ToArray());
    }

    [Fact]
    public void PassesAllocateNothing()
    {
        float[] regions = [.. Enumerable.Range(0, 50).SelectMany(i => (float[])[0, i, i, i + 20, i + 20])];
        using LayerHarness layer = Make("'num_classes': 4, 'batch_size': 8", regions);
        Assert.Equal(0, Allocations.OnThisThread(() =>
        {
            layer.Forward();
            layer.Clock.Pass++;
        }));
    }

    [Theory]
    [InlineData("'batch_size': 8", "option 'num_classes' of a Python layer is missing")]
    [InlineData("'num_classes': 4, 'batch_size': 0", "batch_size in param_str is 0")]
    [InlineData("'num_classes': 4, 'bbox_inside_weights': [1, 2]", "bbox_inside_weights in param_str is [1, 2]")]
    [InlineData("'num_classes': 2, 'agnostic': false", "has an object of class 2, num_classes in param_str is 2")]
    public void WhatIsWrongIsNamedAndLocated(string options, string expected)
    {
        var exception = Assert.Throws<CnnException>(() =>
        {
            using LayerHarness layer = Make(options, [0, 12, 10, 31, 29]);
            layer.Forward();
        });
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal("layer.prototxt", exception.Diagnostics[0].Location?.File);
    }

    [Fact]
    public void ARegionOfAnotherImageIsRefused()
    {
        using LayerHarness layer = Make("'num_classes': 4", [1, 12, 10, 31, 29]);
        Assert.Contains("in image 1", Assert.Throws<CnnException>(layer.Forward).Message, StringComparison.Ordinal);
    }

    private static string Definition(string options) =>
        "type: 'Python' python_param { module: 'rpn.proposal_target_layer' layer: 'ProposalTargetLayer' "
        + $"param_str: \"{{{options}}}\" }}";

    private static LayerHarness Make(string options, float[] regions)
    {
        var layer = new LayerHarness(Definition(options), [[regions.Length / 5, 5], [2, 5]], tops: 5);
        layer.Set(0, regions);
        layer.Set(1, Objects);
        return layer;
    }
}
