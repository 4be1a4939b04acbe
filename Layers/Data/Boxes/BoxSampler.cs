using Cnn.Layers.Data.Transform;
using Cnn.Proto;

namespace Cnn.Layers.Data.Boxes;

/// <summary>
/// <c>batch_sampler</c>: draws windows of an image, keeps those that share enough with some object, and picks one of
/// them (Liu et al., "SSD: Single shot multibox detector", 2016, section 2.2). A window's scale s and aspect r are
/// drawn evenly, r is held within [s^2, 1 / s^2], and the sides are s sqrt(r) and s / sqrt(r); then comes its place.
/// </summary>
internal sealed class BoxSampler
{
    private const int MostSamplers = 1 << 8, MostTrials = 1 << 16;

    private readonly BatchSampler[] samplers;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public BoxSampler(LayerContext context, AnnotatedDataParameter parameter)
    {
        samplers = [.. parameter.BatchSampler];
        if (samplers.Length > MostSamplers)
        {
            throw context.Error(
                parameter,
                AnnotatedDataParameter.BatchSamplerFieldNumber,
                $"{samplers.Length} batch_samplers are too many",
                $"at most {MostSamplers}");
        }

        foreach (BatchSampler sampler in samplers)
        {
            FieldRange.Require(
                context, sampler, BatchSampler.MaxTrialsFieldNumber, sampler.MaxTrials, 0, MostTrials);
            if (sampler.Sampler is { } window)
            {
                Check(window, Sampler.MaxScaleFieldNumber, window.MaxScale, 0.0001f, 1);
                Check(window, Sampler.MinScaleFieldNumber, window.MinScale, 0.0001f, window.MaxScale);
                Check(window, Sampler.MaxAspectRatioFieldNumber, window.MaxAspectRatio, 0.0001f, 10000);
                Check(window, Sampler.MinAspectRatioFieldNumber, window.MinAspectRatio, 0.0001f, window.MaxAspectRatio);
            }
        }

        void Check(Sampler window, int field, float value, float least, float largest) =>
            FieldRange.Require(context, window, field, value, least, largest);
    }

    /// <summary>Picks a window.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="boxes">The image's objects.</param>
    /// <param name="windows">A list to use.</param>
    /// <returns>The window; null where none was found: the whole image stays.</returns>
    public Box? Pick(ImageRandom random, List<LabelledBox> boxes, List<Box> windows)
    {
        windows.Clear();
        for (int i = 0; i < samplers.Length; i++)
        {
            Collect(random, i, boxes, windows);
        }

        var (pick, _, _, _) = random.Block(ImageRandom.SampledWindow);
        return windows.Count == 0 ? null : windows[ImageRandom.Below(pick, windows.Count)];
    }

    private void Collect(ImageRandom random, int number, List<LabelledBox> boxes, List<Box> windows)
    {
        BatchSampler sampler = samplers[number];
        if (!sampler.UseOriginalImage)
        {
            return;
        }

        int found = 0;
        for (uint trial = 0; trial < sampler.MaxTrials; trial++)
        {
            if (sampler.HasMaxSample && found >= sampler.MaxSample)
            {
                return;
            }

            Box window = Draw(random, ImageRandom.Samples + ((ulong)number * MostTrials) + trial, sampler.Sampler);
            if (sampler.SampleConstraint is not { } constraint || MeetsSome(constraint, window, boxes))
            {
                windows.Add(window);
                found++;
            }
        }
    }

    private static Box Draw(ImageRandom random, ulong block, Sampler? sampler)
    {
        if (sampler is null)
        {
            return Box.Whole;
        }

        var (a, b, c, d) = random.Block(block);
        float scale = (float)ImageRandom.Between(a, sampler.MinScale, sampler.MaxScale);
        float aspect = (float)ImageRandom.Between(b, sampler.MinAspectRatio, sampler.MaxAspectRatio);
        float square = scale * scale;
        aspect = MathF.Min(MathF.Max(aspect, square), 1 / square);
        float width = MathF.Min(1, scale * MathF.Sqrt(aspect)), height = MathF.Min(1, scale / MathF.Sqrt(aspect));
        float left = (float)ImageRandom.Between(c, 0, 1 - width), top = (float)ImageRandom.Between(d, 0, 1 - height);
        return new Box(left, top, left + width, top + height);
    }

    private static bool MeetsSome(SampleConstraint constraint, Box window, List<LabelledBox> boxes)
    {
        bool asksNothing = !constraint.HasMinJaccardOverlap && !constraint.HasMaxJaccardOverlap
            && !constraint.HasMinSampleCoverage && !constraint.HasMaxSampleCoverage
            && !constraint.HasMinObjectCoverage && !constraint.HasMaxObjectCoverage;
        if (asksNothing)
        {
            return true;
        }

        foreach (LabelledBox box in boxes)
        {
            if (Meets(constraint, window, box.Box))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Meets(SampleConstraint constraint, Box window, Box box)
    {
        float overlap = window.Jaccard(box), ofWindow = window.CoverageBy(box), ofBox = box.CoverageBy(window);
        return !(constraint.HasMinJaccardOverlap && overlap < constraint.MinJaccardOverlap)
            && !(constraint.HasMaxJaccardOverlap && overlap > constraint.MaxJaccardOverlap)
            && !(constraint.HasMinSampleCoverage && ofWindow < constraint.MinSampleCoverage)
            && !(constraint.HasMaxSampleCoverage && ofWindow > constraint.MaxSampleCoverage)
            && !(constraint.HasMinObjectCoverage && ofBox < constraint.MinObjectCoverage)
            && !(constraint.HasMaxObjectCoverage && ofBox > constraint.MaxObjectCoverage);
    }
}
