using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data.Boxes;

/// <summary>Boxes, and the windows that are drawn for them.</summary>
[Trait("Category", "Unit")]
public sealed class BoxTests
{
    [Fact]
    public void OverlapsAreThoseOfTheirAreas()
    {
        var a = new Box(0, 0, 0.5f, 0.5f);
        var b = new Box(0.25f, 0.25f, 0.5f, 1);
        Assert.Equal(0.25f, a.Size);
        Assert.Equal(0.1875f, b.Size);
        Assert.Equal(0.0625f / (0.25f + 0.1875f - 0.0625f), a.Jaccard(b));
        Assert.Equal(0.25f, a.CoverageBy(b));
        Assert.Equal(0.0625f / 0.1875f, b.CoverageBy(a));
        Assert.Equal(0, a.Jaccard(new Box(0.5f, 0.5f, 1, 1)));
        Assert.Equal(0, new Box(0.5f, 0, 0.25f, 1).Size);
    }

    [Fact]
    public void ProjectionsAreSharesOfTheWindow()
    {
        var window = new Box(-1, -0.5f, 1, 1.5f);
        Assert.True(new Box(0, 0, 0.5f, 1).TryProject(window, out Box projected));
        Assert.Equal(new Box(0.5f, 0.25f, 0.75f, 0.75f), projected);
        Assert.True(new Box(0.25f, 0.25f, 2, 0.75f).TryProject(new Box(0.5f, 0, 1, 1), out projected));
        Assert.Equal(new Box(0, 0.25f, 1, 0.75f), projected);
        Assert.False(new Box(0, 0, 0.5f, 1).TryProject(new Box(0.5f, 0, 1, 1), out _));
        Assert.Equal(new Box(0.25f, 0, 0.75f, 1), new Box(0.25f, 0, 0.75f, 1).Mirror());
        Assert.Equal(new Box(0.75f, 0, 1, 1), new Box(0, 0, 0.25f, 1).Mirror());
    }

    [Theory]
    [InlineData("sampler { min_scale: 0.3 max_scale: 0.8 min_aspect_ratio: 0.5 max_aspect_ratio: 2 } max_sample: 1 "
        + "sample_constraint { min_jaccard_overlap: 0.5 }")]
    [InlineData("sampler { min_scale: 0.1 max_scale: 1 } sample_constraint { max_jaccard_overlap: 0.3 }")]
    [InlineData("sampler { min_scale: 0.1 max_scale: 1 } sample_constraint { min_object_coverage: 1 }")]
    [InlineData("sampler { min_scale: 0.1 max_scale: 1 } sample_constraint { min_sample_coverage: 0.9 }")]
    public void SampledWindowsMeetTheirConstraintWithSomeObject(string text)
    {
        BatchSampler definition = TextFormat.Parse<BatchSampler>(text, "sampler");
        BoxSampler sampler = Sampler(definition);
        List<LabelledBox> boxes = [Of(new Box(0.1f, 0.1f, 0.6f, 0.7f)), Of(new Box(0.5f, 0.5f, 0.9f, 0.8f))];
        List<Box> found = [];
        int windows = 0;
        for (int i = 0; i < 200; i++)
        {
            if (sampler.Pick(new ImageRandom(5, i), boxes, found) is not { } window)
            {
                continue;
            }

            windows++;
            Assert.Equal(window, sampler.Pick(new ImageRandom(5, i), boxes, found));
            Assert.True(window.XMin >= 0 && window.YMin >= 0 && window.XMax <= 1.00001f && window.YMax <= 1.00001f);
            float side = MathF.Sqrt(window.Size);
            Assert.InRange(side, definition.Sampler.MinScale - 0.001f, definition.Sampler.MaxScale + 0.001f);
            SampleConstraint limits = definition.SampleConstraint;
            Assert.Contains(boxes, box =>
                (!limits.HasMinJaccardOverlap || window.Jaccard(box.Box) >= limits.MinJaccardOverlap)
                && (!limits.HasMaxJaccardOverlap || window.Jaccard(box.Box) <= limits.MaxJaccardOverlap)
                && (!limits.HasMinObjectCoverage || box.Box.CoverageBy(window) >= limits.MinObjectCoverage)
                && (!limits.HasMinSampleCoverage || window.CoverageBy(box.Box) >= limits.MinSampleCoverage));
        }

        Assert.InRange(windows, 100, 200);
    }

    [Fact]
    public void NoWindowIsAWindowOfTheWholeImage()
    {
        List<Box> found = [];
        BoxSampler sampler = Sampler(
            new BatchSampler { MaxTrials = 9, SampleConstraint = new() { MinJaccardOverlap = 1 } });
        Assert.Null(sampler.Pick(new ImageRandom(5, 1), [], found));
        sampler = Sampler(new BatchSampler { UseOriginalImage = false });
        Assert.Null(sampler.Pick(new ImageRandom(5, 1), [], found));
        sampler = Sampler(new BatchSampler { MaxSample = 3, Sampler = new() });
        Assert.Equal(Box.Whole, sampler.Pick(new ImageRandom(5, 1), [], found));
        Assert.Equal(3, found.Count);
    }

    private static LabelledBox Of(Box box) => new(1, 0, box, IsDifficult: false);

    private static BoxSampler Sampler(BatchSampler definition)
    {
        var parameter = new AnnotatedDataParameter();
        parameter.BatchSampler.Add(definition);
        using var pool = new Cnn.Layers.Threading.WorkerPool(1);
        return new BoxSampler(new() { Parameter = new LayerParameter(), Pool = pool }, parameter);
    }
}
