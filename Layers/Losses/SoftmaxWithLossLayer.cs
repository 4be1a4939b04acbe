using Cnn.Layers.Kernels.Losses;

namespace Cnn.Layers.Losses;

/// <summary>
/// Softmax and its multinomial logistic loss in one: <c>L = -sum log(max(p_label, FLT_MIN)) / Z</c> over the positions
/// whose label is not <c>ignore_label</c>, <c>dx = (p - onehot) w / Z</c>. Bottoms: scores [.., C, ..] with the classes
/// on <c>softmax_param.axis</c> (1), labels with one value per position. A second top gets the probabilities. Z is the
/// number of valid positions unless <c>loss_param</c> says otherwise.
/// </summary>
[LayerType("SoftmaxWithLoss")]
internal sealed unsafe class SoftmaxWithLossLayer(LayerContext context) : SoftmaxLossLayer(context)
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <inheritdoc/>
    protected override int ClassAxis => Parameter.SoftmaxParam?.Axis ?? 1;

    /// <inheritdoc/>
    private protected override double Sum(IReadOnlyList<Blob> bottoms, float* p, int* classes) =>
        LogLossKernel.Sum(p, classes, Outer, Channels, Inner, SmallestNormal, Context.Pool);

    /// <inheritdoc/>
    private protected override void Gradient(
        IReadOnlyList<Blob> bottoms, float* p, int* classes, float* dx, float scale) =>
        LogLossKernel.SoftmaxGradient(p, classes, dx, Outer, Channels, Inner, scale, Context.Pool);
}
