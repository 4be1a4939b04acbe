using Cnn.Proto;

namespace Cnn.Layers.Detection;

/// <summary>
/// Boxes of fixed sizes around every cell of a map: bottoms the map [N, C, H, W] and the image [N, C, h, w], of both of
/// which only the sizes matter; top [1, 2, H W P 4] with P boxes for each cell, their sides as shares of the image
/// (xmin, ymin, xmax, ymax), then the variance of each side. For each <c>min_size</c> the boxes are a square of it, a
/// square of <c>sqrt(min max)</c> where there are <c>max_size</c>s, and <c>min sqrt(r)</c> by <c>min / sqrt(r)</c> for
/// each aspect ratio r other than 1. No gradient flows to the bottoms. From Liu et al., "SSD: Single shot multibox
/// detector", ECCV 2016, and its fork of Caffe.
/// </summary>
[LayerType("PriorBox")]
internal sealed class PriorBoxLayer(LayerContext context) : Layer(context)
{
    private const float SameRatio = 1e-6f;
    private const float DefaultVariance = 0.1f;

    private readonly PriorBoxParameter options = context.Parameter.PriorBoxParam ?? new PriorBoxParameter();
    private readonly List<(float Width, float Height)> boxes = [];
    private readonly float[] variances = new float[4];

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        CheckSizes();
        CheckImageAndStep();
        ReadVariances();
        List<float> ratios = ReadRatios();
        for (int i = 0; i < options.MinSize.Count; i++)
        {
            // As in the fork, sizes are whole pixels.
            int min = (int)options.MinSize[i];
            boxes.Add((min, min));
            if (options.MaxSize.Count > 0)
            {
                float side = MathF.Sqrt((float)((long)min * (int)options.MaxSize[i]));
                boxes.Add((side, side));
            }

            foreach (float ratio in ratios.Skip(1))
            {
                boxes.Add((min * MathF.Sqrt(ratio), min / MathF.Sqrt(ratio)));
            }
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        long values = 4L * boxes.Count * bottoms[0].LegacyDim(2) * bottoms[0].LegacyDim(3);
        if (values > int.MaxValue / 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' of shape {bottoms[0].ShapeText} with {boxes.Count} boxes for each "
                + "cell makes too many boxes");
        }

        ShapeTop(tops, 0, [1, 2, (int)values]);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        int rows = bottoms[0].LegacyDim(2), columns = bottoms[0].LegacyDim(3), half = tops[0].Count / 2;
        int height = (int)ImageSide(options.ImgH, bottoms[1].LegacyDim(2));
        int width = (int)ImageSide(options.ImgW, bottoms[1].LegacyDim(3));
        float stepHeight = Step(options.StepH, height, rows), stepWidth = Step(options.StepW, width, columns);
        Span<float> sides = tops[0].Data[..half], rest = tops[0].Data[half..];
        int at = 0;
        for (int row = 0; row < rows; row++)
        {
            float y = (row + options.Offset) * stepHeight;
            for (int column = 0; column < columns; column++)
            {
                float x = (column + options.Offset) * stepWidth;
                for (int i = 0; i < boxes.Count; i++)
                {
                    var (boxWidth, boxHeight) = boxes[i];
                    sides[at++] = (x - (boxWidth / 2)) / width;
                    sides[at++] = (y - (boxHeight / 2)) / height;
                    sides[at++] = (x + (boxWidth / 2)) / width;
                    sides[at++] = (y + (boxHeight / 2)) / height;
                }
            }
        }

        for (int i = 0; i < half; i++)
        {
            sides[i] = options.Clip ? MathF.Max(MathF.Min(sides[i], 1), 0) : sides[i];
            rest[i] = variances[i % 4];
        }
    }

    /// <summary>Sets the bottoms' gradients to 0: the boxes do not depend on their values.</summary>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int i = 0; i < bottoms.Count; i++)
        {
            if (propagateDown[i])
            {
                bottoms[i].Diff.Clear();
            }
        }
    }

    private uint ImageSide(uint given, int bottom) =>
        options.HasImgSize ? options.ImgSize : given > 0 ? given : (uint)bottom;

    private float Step(float given, int image, int cells) =>
        options.HasStep && options.Step != 0 ? options.Step : given > 0 ? given : (float)image / cells;

    private List<float> ReadRatios()
    {
        List<float> ratios = [1];
        foreach (float ratio in options.AspectRatio)
        {
            RequirePositive(PriorBoxParameter.AspectRatioFieldNumber, "aspect_ratio", ratio);
            if (ratios.Exists(r => MathF.Abs(ratio - r) < SameRatio))
            {
                continue;
            }

            ratios.Add(ratio);
            if (options.Flip)
            {
                ratios.Add(1 / ratio);
            }
        }

        return ratios;
    }

    private void ReadVariances()
    {
        if (options.Variance.Count is not (0 or 1 or 4))
        {
            throw Context.Error(
                options,
                PriorBoxParameter.VarianceFieldNumber,
                $"variance is given {options.Variance.Count} times",
                "give one for all sides, or four");
        }

        foreach (float variance in options.Variance)
        {
            RequirePositive(PriorBoxParameter.VarianceFieldNumber, "variance", variance);
        }

        for (int i = 0; i < variances.Length; i++)
        {
            variances[i] = options.Variance.Count == 0 ? DefaultVariance
                : options.Variance[options.Variance.Count == 1 ? 0 : i];
        }
    }

    private void CheckSizes()
    {
        if (options.MinSize.Count == 0)
        {
            throw Context.Error(
                options, PriorBoxParameter.MinSizeFieldNumber, "min_size is missing", "give at least one, in pixels");
        }

        if (options.MaxSize.Count > 0 && options.MaxSize.Count != options.MinSize.Count)
        {
            throw Context.Error(
                options,
                PriorBoxParameter.MaxSizeFieldNumber,
                $"max_size is given {options.MaxSize.Count} times, min_size {options.MinSize.Count} times",
                "give one max_size for each min_size, or none");
        }

        for (int i = 0; i < options.MinSize.Count; i++)
        {
            RequirePositive(PriorBoxParameter.MinSizeFieldNumber, "min_size", options.MinSize[i]);
            if (options.MaxSize.Count > 0 && !(options.MaxSize[i] > options.MinSize[i]))
            {
                throw Context.Error(
                    options,
                    PriorBoxParameter.MaxSizeFieldNumber,
                    $"max_size {options.MaxSize[i]} is not above its min_size, {options.MinSize[i]}");
            }
        }
    }

    private void CheckImageAndStep()
    {
        if (options.HasImgH || options.HasImgW)
        {
            RequireAlone(options.HasImgSize, PriorBoxParameter.ImgSizeFieldNumber, "img_size", "img_h and img_w");
            RequirePositive(PriorBoxParameter.ImgHFieldNumber, "img_h", options.ImgH);
            RequirePositive(PriorBoxParameter.ImgWFieldNumber, "img_w", options.ImgW);
        }
        else if (options.HasImgSize)
        {
            RequirePositive(PriorBoxParameter.ImgSizeFieldNumber, "img_size", options.ImgSize);
        }

        if (options.HasStepH || options.HasStepW)
        {
            RequireAlone(options.HasStep, PriorBoxParameter.StepFieldNumber, "step", "step_h and step_w");
            RequirePositive(PriorBoxParameter.StepHFieldNumber, "step_h", options.StepH);
            RequirePositive(PriorBoxParameter.StepWFieldNumber, "step_w", options.StepW);
        }
        else if (options.HasStep)
        {
            RequirePositive(PriorBoxParameter.StepFieldNumber, "step", options.Step);
        }
    }

    private void RequireAlone(bool isGiven, int field, string name, string others)
    {
        if (isGiven)
        {
            throw Context.Error(
                options, field, $"{name} and {others} are both given", $"give either {name}, or {others}");
        }
    }

    private void RequirePositive(int field, string name, float value)
    {
        if (!(value > 0 && float.IsFinite(value) && value <= int.MaxValue))
        {
            throw Context.Error(options, field, $"{name} is {value}", "it must be above 0");
        }
    }
}
