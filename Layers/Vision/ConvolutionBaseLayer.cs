using Cnn.Proto;

namespace Cnn.Layers.Vision;

/// <summary>
/// The base of convolution and deconvolution: reads the definition, adds the parameter blobs and checks the shapes.
/// Axes before <c>axis</c> are the batch, <c>axis</c> is the channels, the axes after it are spatial.
/// </summary>
internal abstract class ConvolutionBaseLayer : Layer
{
    private IConvolutionEngine? engine;
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
    protected virtual ConvolutionParameter Options => Parameter.ConvolutionParam ??= new ConvolutionParameter();

    /// <summary>Channels of the tops.</summary>
    protected int Outputs { get; private set; }

    /// <summary>The number of groups of channels.</summary>
    protected int Groups { get; private set; }

    /// <summary>Channels of the bottoms.</summary>
    protected int Channels => channels;

    /// <summary>Whether the channels are on axis 1, as other layers take them.</summary>
    private protected bool IsOnAxisOne => channelAxis == 1;

    /// <summary>Images in a bottom: the product of the axes before the channels.</summary>
    protected int Images { get; private set; }

    /// <summary>Whether there is a bias, blob 1.</summary>
    protected bool HasBias => Blobs.Count > 1;

    /// <summary>The engine that computes the convolution; made in <see cref="SetUp"/>.</summary>
    private protected IConvolutionEngine Engine => engine!;

    /// <summary>The windows, one entry per spatial axis.</summary>
    internal WindowParameters Window { get; private set; } = new([], [], [], []);

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        channelAxis = CanonicalAxis(bottoms[0], Options.Axis);
        int axes = bottoms[0].AxisCount - channelAxis - 1;
        channels = bottoms[0].Dim(channelAxis);
        Window = WindowParameters.Read(Context, Options, axes);
        RefuseDepth();
        (Groups, Outputs) = ReadMaps();
        if (channels == 0)
        {
            throw Context.Error($"bottom '{BottomName(0)}' has no channels: {bottoms[0].ShapeText}");
        }

        if (channels % Groups != 0 || Outputs % Groups != 0)
        {
            throw Context.Error(
                Options,
                ConvolutionParameter.GroupFieldNumber,
                $"group {Groups} must divide the {channels} channels of bottom '{BottomName(0)}' and num_output "
                + $"{Outputs}");
        }

        int[] shape = [.. WeightChannels(), .. Window.Kernel];
        CheckWeights(shape);
        AddBlob(Options.WeightFiller, WeightFans, shape);
        if (Options.BiasTerm)
        {
            AddBlob(Options.BiasFiller, BiasShape);
        }

        engine = CreateEngine();
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
                    $"bottom '{BottomName(i)}' has shape {bottoms[i].ShapeText}, bottom '{BottomName(0)}' "
                    + first.ShapeText,
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
        CheckSize(first, first.Shape[channelAxis..]);
        for (int i = 0; i < axes; i++)
        {
            shape[channelAxis + 1 + i] = CheckedSize(first, spatial[i], i);
        }

        CheckSize(first, shape[channelAxis..]);
        for (int i = 0; i < tops.Count; i++)
        {
            tops[i].Reshape(shape);
        }

        Prepare(spatial, shape[(channelAxis + 1)..]);
    }

    /// <summary>Returns the cost where every weight is used once for each of a number of pixels of a map.</summary>
    /// <param name="multiplyAdds">Multiply-adds of a pass.</param>
    /// <param name="tops">The tops.</param>
    private protected LayerCost CostOf(long multiplyAdds, IReadOnlyList<Blob> tops) => LayerCost.OfItems(
        multiplyAdds, multiplyAdds + (HasBias ? tops.Sum(t => (long)t.Count) : 0), tops[0]);

    /// <summary>
    /// The fans of the weights for the filler, where the weights' shape does not determine them; otherwise null.
    /// </summary>
    private protected virtual (float In, float Out)? WeightFans => null;

    /// <summary>Returns the number of groups and that of the tops' channels.</summary>
    private protected virtual (int Groups, int Outputs) ReadMaps() => (
        Bounded(Options.Group, ConvolutionParameter.GroupFieldNumber, "group"),
        Bounded(Options.NumOutput, ConvolutionParameter.NumOutputFieldNumber, "num_output"));

    /// <summary>The shape of the bias.</summary>
    private protected virtual int[] BiasShape => [Outputs];

    /// <summary>Returns the axes of the weights before the kernel's.</summary>
    protected abstract int[] WeightChannels();

    /// <summary>Returns the size of the top along a spatial axis.</summary>
    protected abstract long OutSize(int size, int axis);

    /// <summary>Makes the engine for these options, once the sizes that all passes share are known.</summary>
    private protected abstract IConvolutionEngine CreateEngine();

    /// <summary>Prepares the engine; called before every pass.</summary>
    /// <param name="bottom">The bottom's spatial sizes.</param>
    /// <param name="top">The top's.</param>
    protected abstract void Prepare(ReadOnlySpan<int> bottom, ReadOnlySpan<int> top);

    /// <summary>Returns the name of a bottom, for messages.</summary>
    protected string BottomName(int index) => index < Parameter.Bottom.Count ? Parameter.Bottom[index] : $"{index}";

    private int Bounded(uint value, int field, string name) => value switch
    {
        0 => throw Context.Error(Options, field, $"{name} is 0, expected 1 or more"),
        > WindowReader.Largest => throw Context.Error(
            Options, field, $"{name} is {value}, which is too large: it may be at most {WindowReader.Largest}"),
        _ => (int)value,
    };

    // C3D 1.0 has no type of its own for its parameters.
    private void RefuseDepth()
    {
        if (Options.HasKernelDepth || Options.HasTemporalStride || Options.HasTemporalPad)
        {
            throw Context.Error(
                Options,
                Options.HasKernelDepth ? ConvolutionParameter.KernelDepthFieldNumber
                : Options.HasTemporalStride ? ConvolutionParameter.TemporalStrideFieldNumber
                : ConvolutionParameter.TemporalPadFieldNumber,
                $"a {Type} layer has no length of its own",
                "C3D's layers of the type CONVOLUTION3D have; or give kernel_size, stride and pad once per axis");
        }
    }

    private void CheckWeights(int[] shape)
    {
        long count = BlobSize.Of(Array.ConvertAll(shape, dim => (long)dim));
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                Options,
                ConvolutionParameter.NumOutputFieldNumber,
                $"the weights {string.Join(" x ", shape)} are too many: {BlobSize.Excess(count)}");
        }
    }

    // Returns the size of the top along an axis.
    private int CheckedSize(Blob bottom, int size, int axis)
    {
        long result = OutSize(size, axis);
        if (size == 0 || result < 1)
        {
            throw Context.Error(
                $"bottom '{BottomName(0)}' of shape {bottom.ShapeText} is {size} long on spatial axis {axis}, "
                + $"too small for kernel {Window.Kernel[axis]} with dilation {Window.Dilation[axis]} and pad "
                + PaddingText(size, axis));
        }

        // Kernels count the positions along an axis, including its padding, in 32 bits.
        long padded = Window.PaddedSize(Math.Max(size, result), axis);
        return padded <= int.MaxValue
            ? (int)result
            : throw Context.Error(
                $"bottom '{BottomName(0)}' of shape {bottom.ShapeText} would be {padded} long with its padding on "
                + $"spatial axis {axis}, which is too large: it may be at most {int.MaxValue}");
    }

    private string PaddingText(int size, int axis)
    {
        var (before, after) = Window.PaddingOf(size, axis);
        return before == after ? $"{before}" : $"{before} and {after}";
    }

    // An empty batch counts as one image, since kernels prepare for one.
    private void CheckSize(Blob bottom, ReadOnlySpan<int> image)
    {
        Span<long> dims = stackalloc long[image.Length + 1];
        dims[0] = Math.Max(1, Images);
        for (int i = 0; i < image.Length; i++)
        {
            dims[i + 1] = image[i];
        }

        long count = BlobSize.Of(dims);
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                $"{string.Join(" x ", dims.ToArray())} for bottom '{BottomName(0)}' of shape {bottom.ShapeText} "
                + "are too many: " + BlobSize.Excess(count));
        }
    }
}
