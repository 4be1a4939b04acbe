using System.Globalization;
using Cnn.Layers.Kernels.Dropout;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Layers.Plugins;
using Cnn.Proto;

namespace Cnn.Layers.Activations;

/// <summary>
/// Drops whole channels of [N, C, H, W], in the place of ENet's Python class; Tompson et al., "Efficient object
/// localization using convolutional networks", CVPR 2015. With <c>'phase': 'TRAIN'</c> each channel of an item is kept
/// with probability <c>1 - p</c> and divided by it, otherwise 0; with any other phase all are divided by it, as there:
/// ENet's weights were trained so. The mask is a function of (seed, layer name, pass). Works in place.
/// </summary>
[PythonLayer("spatial_dropout", "SpatialDropoutLayer")]
internal sealed unsafe class PythonSpatialDropoutLayer(LayerContext context) : Layer(context)
{
    private readonly Blob factors = new();
    private readonly ulong key = context.Random.Key(context.Parameter.Name, "mask");
    private bool drops;
    private double ratio;
    private long pass;

    /// <summary>What each value is multiplied by; null where channels are dropped.</summary>
    public float? Factor => drops ? null : Scale;

    private float Scale => (float)(1 / (1 - ratio));

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        PythonSpatialDropoutOptions options = PluginOptions.Bind<PythonSpatialDropoutOptions>(Context);
        drops = options.Phase == "TRAIN";
        if (!double.TryParse(options.P, NumberStyles.Float, CultureInfo.InvariantCulture, out ratio)
            || !(ratio > 0 && ratio < 1))
        {
            throw Context.Error(
                Parameter.PythonParam,
                PythonParameter.ParamStrFieldNumber,
                $"p in param_str is '{options.P}'",
                "it must be above 0 and below 1");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Blob bottom = bottoms[0];
        if (bottom.AxisCount != 4)
        {
            throw Context.Error(
                $"bottom '{Parameter.Bottom[0]}' has shape {bottom.ShapeText}",
                "it takes 4 axes: [N, C, H, W]");
        }

        factors.Reshape(bottom.CountOf(0, 2));
        tops[0].ReshapeLike(bottom);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        pass = Context.Clock.Pass;
        Apply(bottoms[0], bottoms[0].DataPointer, tops[0].DataPointer);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (propagateDown[0])
        {
            Apply(bottoms[0], tops[0].DiffPointer, bottoms[0].DiffPointer);
        }
    }

    private void Apply(Blob bottom, float* from, float* to)
    {
        float scale = Scale;
        factors.Data.Fill(drops ? 1 : scale);
        float* factor = factors.DataPointer;
        if (drops)
        {
            ulong threshold = (ulong)((1 - ratio) * (1UL << 32));
            DropoutKernel.Apply(factor, factor, factors.Count, threshold, scale, key, (ulong)pass, Context.Pool);
        }

        BroadcastKernel.Forward(from, factor, null, to, 1, factors.Count, bottom.CountOf(2), Context.Pool);
    }
}
