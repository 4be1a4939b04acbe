using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// What convolution and deconvolution have in common: the definition, the parameter blobs and the checks of shapes.
/// Axes before <c>axis</c> are the batch, <c>axis</c> is the channels, the axes after it are spatial.
/// </summary>
internal abstract class ConvolutionBaseLayer : Layer
{
    private int channelAxis;
    private int channels;

    /// <summary>Makes the layer.</summary>
    protected ConvolutionBaseLayer(LayerContext context)
        : base(context)
    {
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.AtLeast(1);

    /// <inheritdoc/>
    public override bool TopsMatchBottoms => true;

    /// <summary>The options.</summary>
    protected ConvolutionParameter Options => Parameter.ConvolutionParam ??= new ConvolutionParameter();

    /// <summary>Channels of the tops.</summary>
    protected int Outputs { get; private set; }

    /// <summary>Slices of the channels.</summary>
    protected int Groups { get; private set; }

    /// <summary>Channels of the bottoms.</summary>
    protected int Channels => channels;

    /// <summary>Images in a bottom: the product of the axes before the channels.</summary>
    protected int Images { get; private set; }

    /// <summary>Whether there is a bias, blob 1.</summary>
    protected bool HasBias => Blobs.Count > 1;

    /// <summary>The windows, one entry a spatial axis.</summary>
    internal WindowParameters Window { get; private set; } = new([], [], [], []);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        channelAxis = CanonicalAxis(bottoms[0], Options.Axis);
        int axes = bottoms[0].AxisCount - channelAxis - 1;
        channels = bottoms[0].Dim(channelAxis);
        Window = WindowParameters.Read(Context, Options, axes);
        Groups = Bounded(Options.Group, ConvolutionParameter.GroupFieldNumber, "group");
        Outputs = Bounded(Options.NumOutput, ConvolutionParameter.NumOutputFieldNumber, "num_output");
        if (channels == 0)
        {
            throw Context.Error($"bottom '{BottomName(0)}' has no channels: {bottoms[0].ShapeText}");
        }

        if (channels % Groups != 0 || Outputs % Groups != 0)
        {
            throw Context.Error(
                Options,
                ConvolutionParameter.GroupFieldNumber,
                $"group {Groups} must divide the {channels} channels of bottom '{BottomName(0)}' and num_output {Outputs}");
        }

        int[] shape = [.. WeightChannels(), .. Window.Kernel];
        CheckSize(shape);
        AddBlob(Options.WeightFiller, WeightFans, shape);
        if (Options.BiasTerm)
        {
            AddBlob(Options.BiasFiller, Outputs);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob first = bottoms[0];
        for (int i = 0; i < bottoms.Count; i++)
        {
            if (!bottoms[i].HasShapeOf(first))
            {
                throw Context.Error(
                    $"bottom '{BottomName(i)}' has shape {bottoms[i].ShapeText}, bottom '{BottomName(0)}' {first.ShapeText}",
                    "the bottoms of one layer share its weights and must have one shape");
            }
        }

        int axes = Window.Kernel.Length;
        if (first.AxisCount != channelAxis + 1 + axes || first.Dim(channelAxis) != channels)
        {
            throw Context.Error(
                $"bottom '{BottomName(0)}' has become {first.ShapeText}; the layer was set up for {axes} spatial axes "
                + $"and {channels} channels on axis {channelAxis}");
        }

        Images = first.CountOf(0, channelAxis);
        ReadOnlySpan<int> spatial = first.Shape[(channelAxis + 1)..];
        Span<int> shape = stackalloc int[first.AxisCount];
        first.Shape.CopyTo(shape);
        shape[channelAxis] = Outputs;
        double count = (double)Images * Outputs;
        for (int i = 0; i < axes; i++)
        {
            long size = OutSize(spatial[i], i);
            if (spatial[i] == 0 || size < 1 || size > int.MaxValue)
            {
                throw Context.Error(
                    $"bottom '{BottomName(0)}' of shape {first.ShapeText} is {spatial[i]} long on spatial axis {i}, "
                    + $"too small for kernel {Window.Kernel[i]} with dilation {Window.Dilation[i]} and pad {Window.Pad[i]}");
            }

            shape[channelAxis + 1 + i] = (int)size;
            count *= size;
        }

        if (count > int.MaxValue / 2)
        {
            throw Context.Error(
                $"the top of bottom '{BottomName(0)}' of shape {first.ShapeText} would be {string.Join(" x ", shape.ToArray())}",
                "that is more than 2^30 values");
        }

        for (int i = 0; i < tops.Count; i++)
        {
            tops[i].Reshape(shape);
        }

        Plan(spatial);
    }

    /// <summary>The cost where every weight is used once for each of so many pixels of a map.</summary>
    /// <param name="multiplyAdds">Multiply-adds of a pass.</param>
    /// <param name="tops">The tops.</param>
    private protected LayerCost CostOf(long multiplyAdds, IReadOnlyList<Blob> tops) => LayerCost.OfItems(
        multiplyAdds, multiplyAdds + (HasBias ? tops.Sum(t => (long)t.Count) : 0), tops[0]);

    /// <summary>What a filler should take for the fans of the weights, where their shape does not tell.</summary>
    private protected virtual (float In, float Out)? WeightFans => null;

    /// <summary>The axes of the weights before the kernel's.</summary>
    protected abstract int[] WeightChannels();

    /// <summary>The size of the top along a spatial axis.</summary>
    protected abstract long OutSize(int size, int axis);

    /// <summary>Prepares for bottoms of these spatial sizes; called before every pass, so it compares first.</summary>
    protected abstract void Plan(ReadOnlySpan<int> spatial);

    /// <summary>The name of a bottom, for messages.</summary>
    protected string BottomName(int index) => index < Parameter.Bottom.Count ? Parameter.Bottom[index] : $"{index}";

    private int Bounded(uint value, int field, string name) =>
        value is > 0 and <= 1 << 24
            ? (int)value
            : throw Context.Error(Options, field, $"{name} is {value}, expected 1 to {1 << 24}");

    private void CheckSize(int[] shape)
    {
        double count = 1;
        foreach (int dim in shape)
        {
            count *= dim;
        }

        if (count > int.MaxValue / 2)
        {
            throw Context.Error(
                Options, ConvolutionParameter.NumOutputFieldNumber, $"the weights {string.Join(" x ", shape)} are too many");
        }
    }
}
