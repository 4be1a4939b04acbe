namespace Cnn.Layers.Activations;

/// <summary>
/// The rectifier cut off at 6: <c>y = min(max(x, 0) + negative_slope min(x, 0), 6)</c>, from Krizhevsky, "Convolutional
/// deep belief networks on CIFAR-10", 2010. The gradient is 0 from 6 on, and that of the negative side at 0. Works in
/// place.
/// </summary>
[LayerType("ReLU6")]
internal sealed class ReLU6Layer(LayerContext context) : ElementwiseLayer<LimitedRectifier>(context), IRectifier
{
    private const float Limit = 6;

    private readonly float slope = context.Parameter.Relu6Param?.NegativeSlope ?? 0;
    private bool inPlace;
    private bool keepsInput;

    /// <inheritdoc/>
    public bool IsRectifier => !keepsInput;

    /// <inheritdoc/>
    public float NegativeSlope => slope;

    /// <inheritdoc/>
    public float Ceiling => Limit;

    /// <inheritdoc/>
    public override bool AllowsInPlace => true;

    /// <inheritdoc/>
    public override string? InPlaceGradientProblem => slope < 0 ? $"negative_slope is {slope}" : null;

    /// <inheritdoc/>
    protected override bool NeedsInput => keepsInput;

    /// <inheritdoc/>
    protected override LimitedRectifier Operation =>
        new(slope, float.NegativeInfinity, Limit, inPlace && !keepsInput, false);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        inPlace = bottoms[0] == tops[0];
    }

    /// <inheritdoc/>
    internal override void KeepFrom(Layer changer) => keepsInput = true;
}
