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
/// <remarks>
/// Synopsys' fork has other orders besides. <c>tf</c>: the square of max_size comes last, and the square of a min_size
/// of 60 is smaller by 0.05 of the image on each side, as TensorFlow's detectors have it. <c>keras</c>: the square of
/// max_size comes first, and the inverses of ratios after all of them. <c>yx_order</c>: sides are (ymin, xmin, ymax,
/// xmax). <c>faceboxes</c>: squares of <c>min_size - 1</c>, 16 of them 8 pixels apart for a size of 32, 4 of them 16
/// pixels apart for 64 (Zhang et al., "FaceBoxes", 2017). <c>box_width</c> and <c>box_height</c> give the boxes as
/// they are.
/// </remarks>
[LayerType("PriorBox")]
internal sealed class PriorBoxLayer(LayerContext context) : Layer(context)
{
    private const float SameRatio = 1e-6f;
    private const float DefaultVariance = 0.1f;
    private const int SizeThatTensorFlowShrinks = 60;

    private readonly PriorBoxParameter options = context.Parameter.PriorBoxParam ?? new PriorBoxParameter();
    private readonly List<Shape> boxes = [];
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
        for (int i = 0; i < options.BoxWidth.Count; i++)
        {
            boxes.Add(new Shape(options.BoxWidth[i], options.BoxHeight[i]));
        }

        for (int i = 0; i < options.MinSize.Count && options.BoxWidth.Count == 0; i++)
        {
            // As in the fork, sizes are whole pixels.
            int min = (int)options.MinSize[i], max = options.MaxSize.Count > 0 ? (int)options.MaxSize[i] : 0;
            Shape? square = max > 0 ? Shape.Square(MathF.Sqrt((float)((long)min * max))) : null;
            AddIf(square, options.Keras);
            AddSmallest(min);
            AddIf(square, !options.Keras && !options.Tf);
            boxes.AddRange(ratios.Skip(1).Select(r => new Shape(min * MathF.Sqrt(r), min / MathF.Sqrt(r))));
            AddIf(square, !options.Keras && options.Tf);
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
                    Shape box = boxes[i];
                    float left = ((x + box.Right - (box.Width / 2)) / width) + box.Less;
                    float top = ((y + box.Down - (box.Height / 2)) / height) + box.Less;
                    float right = ((x + box.Right + (box.Width / 2)) / width) - box.Less;
                    float bottom = ((y + box.Down + (box.Height / 2)) / height) - box.Less;
                    (sides[at], sides[at + 1]) = options.YxOrder ? (top, left) : (left, top);
                    (sides[at + 2], sides[at + 3]) = options.YxOrder ? (bottom, right) : (right, bottom);
                    at += 4;
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

    private void AddIf(Shape? box, bool isHere)
    {
        if (isHere && box is { } shape)
        {
            boxes.Add(shape);
        }
    }

    private void AddSmallest(int min)
    {
        if (!options.Faceboxes)
        {
            boxes.Add(Shape.Square(min) with { Less = options.Tf && min == SizeThatTensorFlowShrinks ? 0.05f : 0 });
            return;
        }

        (int side, int apart) = min switch { 32 => (4, 8), 64 => (2, 16), _ => (1, 0) };
        for (int i = 0; i < side * side; i++)
        {
            boxes.Add(Shape.Square(min - 1) with
            {
                Right = ((i % side) - (side / 2)) * apart,
                Down = ((i / side) - (side / 2)) * apart,
            });
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
            if (options.Flip && !options.Keras)
            {
                ratios.Add(1 / ratio);
            }
        }

        if (options.Flip && options.Keras)
        {
            foreach (float inverse in options.AspectRatio.Select(r => 1 / r))
            {
                if (!ratios.Exists(r => MathF.Abs(inverse - r) < SameRatio))
                {
                    ratios.Add(inverse);
                }
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
        if (options.BoxHeight.Count != options.BoxWidth.Count)
        {
            throw Context.Error(
                options,
                options.BoxHeight.Count > 0 ? PriorBoxParameter.BoxHeightFieldNumber
                    : PriorBoxParameter.BoxWidthFieldNumber,
                $"box_width is given {options.BoxWidth.Count} times, box_height {options.BoxHeight.Count} times",
                "give one of each for each box");
        }

        for (int i = 0; i < options.BoxWidth.Count; i++)
        {
            RequirePositive(PriorBoxParameter.BoxWidthFieldNumber, "box_width", options.BoxWidth[i]);
            RequirePositive(PriorBoxParameter.BoxHeightFieldNumber, "box_height", options.BoxHeight[i]);
        }

        if (options.MinSize.Count == 0 && options.BoxWidth.Count == 0)
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

    /// <summary>A box of each cell, in pixels.</summary>
    /// <param name="Width">Its width.</param>
    /// <param name="Height">Its height.</param>
    private readonly record struct Shape(float Width, float Height)
    {
        /// <summary>Pixels from the cell's centre to the right.</summary>
        public float Right { get; init; }

        /// <summary>Pixels from the cell's centre down.</summary>
        public float Down { get; init; }

        /// <summary>The share of the image that is taken off each side.</summary>
        public float Less { get; init; }

        public static Shape Square(float side) => new(side, side);
    }
}
