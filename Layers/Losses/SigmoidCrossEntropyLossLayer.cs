using Cnn.Layers.Kernels.Losses;
using Mode = Cnn.Proto.LossParameter.Types.NormalizationMode;

namespace Cnn.Layers.Losses;

/// <summary>
/// The cross-entropy of <c>sigmoid(x)</c> and targets t from 0 to 1, each value independent of the others:
/// <c>L = sum [max(x, 0) - x t + log(1 + e^-|x|)] / Z</c>, <c>dx = (sigmoid(x) - t) w / Z</c>. Bottoms: scores and
/// targets with the same number of values. A target whose whole part is <c>ignore_label</c> adds nothing. Z is the
/// number of items unless <c>loss_param</c> says otherwise.
/// </summary>
[LayerType("SigmoidCrossEntropyLoss")]
internal sealed unsafe class SigmoidCrossEntropyLossLayer(LayerContext context) : LossLayer(context)
{
    private float normalizer = 1;

    private IgnoredTargets Ignore => new(IgnoreLabel);

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        base.Reshape(bottoms, tops);
        RequireSameCount(bottoms);
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* x = bottoms[0].DataPointer, targets = bottoms[1].DataPointer;
        int count = bottoms[0].Count, outer = bottoms[0].LegacyDim(0);
        double sum = SigmoidLossKernel.Sum(x, targets, count, Ignore, Context.Pool);
        if (double.IsNaN(sum))
        {
            RefuseTargetsThatAreNoNumbers(bottoms[1].Data);
        }

        int valid = IgnoreLabel is null
            ? count
            : SigmoidLossKernel.CountValid(targets, count, Ignore, Context.Pool);
        normalizer = Normalizer(Normalization(Mode.BatchSize), outer, outer == 0 ? 0 : count / outer, valid);
        tops[0].Data[0] = (float)(sum / normalizer);
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        RefuseGradient(propagateDown);
        if (propagateDown[0])
        {
            SigmoidLossKernel.Gradient(
                bottoms[0].DataPointer,
                bottoms[1].DataPointer,
                bottoms[0].DiffPointer,
                bottoms[0].Count,
                Ignore,
                tops[0].Diff[0] / normalizer,
                Context.Pool);
        }
    }

    private void RefuseTargetsThatAreNoNumbers(ReadOnlySpan<float> targets)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            if (float.IsNaN(targets[i]))
            {
                throw Context.Error(
                    $"the target at position {i} of '{Parameter.Bottom[1]}' is NaN", "targets are numbers from 0 to 1");
            }
        }
    }
}
