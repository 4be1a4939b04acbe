using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;
using static Cnn.Proto.EltwiseParameter.Types;

namespace Cnn.Layers.Common;

/// <summary>
/// Combines two or more bottoms of the same shape into one top, value by value: their weighted sum (<c>coeff</c>),
/// product, maximum or minimum, or the quotient of two. The gradient of the maximum and of the minimum goes to the
/// bottom that has it. On a tie of the first two it goes to the second; a later bottom gets it only if it exceeds.
/// </summary>
/// <remarks>
/// MIN, DIV and <c>axis</c> are of Synopsys's Caffe: the second of two bottoms may have fewer axes, those of the first
/// from <c>axis</c> on, and is repeated over the others.
/// </remarks>
[LayerType("Eltwise")]
internal sealed unsafe class EltwiseLayer(LayerContext context) : Layer(context), ISum
{
    private readonly EltwiseParameter options = context.Parameter.EltwiseParam ?? new EltwiseParameter();
    private readonly Blob winners = new();

    // The second bottom repeated to the shape of the first, where it is smaller, and its gradient there.
    private readonly Blob repeated = new();
    private bool repeats;

    // The layer whose work this one does in training.
    private IRectifier? rectifier;
    private int outer;
    private int inner;

    /// <inheritdoc/>
    public override BlobCount BottomCount =>
        options.Operation == EltwiseOp.Div ? BlobCount.Exactly(2) : BlobCount.AtLeast(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool NeedsTopValues => options is { Operation: EltwiseOp.Prod, StableProdGrad: false };

    private bool Chooses => options.Operation is EltwiseOp.Max or EltwiseOp.Min;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.Coeff.Count == 0)
        {
            return;
        }

        if (options.Operation is EltwiseOp.Prod or EltwiseOp.Div)
        {
            string operation = options.Operation == EltwiseOp.Prod ? "PROD" : "DIV";
            throw Context.Error(
                options, EltwiseParameter.CoeffFieldNumber, $"coeff has no meaning for {operation}", "leave it out");
        }

        if (options.Coeff.Count != bottoms.Count)
        {
            throw Context.Error(
                options,
                EltwiseParameter.CoeffFieldNumber,
                $"coeff is given {options.Coeff.Count} times for {bottoms.Count} bottoms",
                "give it once for each bottom or not at all");
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        repeats = bottoms.Count == 2 && bottoms[1].AxisCount < bottoms[0].AxisCount && IsPart(bottoms[0], bottoms[1]);
        for (int i = 1; i < bottoms.Count && !repeats; i++)
        {
            if (!bottoms[i].HasShapeOf(bottoms[0]))
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[i]}' has shape {bottoms[i].ShapeText}, "
                    + $"bottom '{Parameter.Bottom[0]}' {bottoms[0].ShapeText}",
                    options.HasAxis
                        ? $"the second needs the axes of the first, or some of them from axis {options.Axis} on"
                        : "the bottoms need one shape");
            }
        }

        tops[0].ReshapeLike(bottoms[0]);
        if (Chooses)
        {
            winners.ReshapeLike(bottoms[0]);
        }

        if (repeats)
        {
            repeated.ReshapeLike(bottoms[0]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (repeats)
        {
            repeated.Data.Clear();
            BroadcastKernel.Forward(
                repeated.DataPointer, null, bottoms[1].DataPointer, repeated.DataPointer, outer, bottoms[1].Count,
                inner, Context.Pool);
        }

        float* a = bottoms[0].DataPointer, b = Values(bottoms, 1).DataPointer, y = tops[0].DataPointer;
        int count = tops[0].Count;
        switch (options.Operation)
        {
            case EltwiseOp.Prod:
                EltwiseKernel.Run(default(Multiply), a, b, y, count, Context.Pool);
                break;
            case EltwiseOp.Div:
                EltwiseKernel.Run(default(Divide), a, b, y, count, Context.Pool);
                break;
            case EltwiseOp.Max:
                EltwiseKernel.Run(default(LargerOfTwo), a, b, winners.DataPointer, count, Context.Pool);
                EltwiseKernel.Run(default(Larger), a, b, y, count, Context.Pool);
                break;
            case EltwiseOp.Min:
                EltwiseKernel.Run(default(SmallerOfTwo), a, b, winners.DataPointer, count, Context.Pool);
                EltwiseKernel.Run(default(Smaller), a, b, y, count, Context.Pool);
                break;
            default:
                Add(a, b, y, count);
                break;
        }

        for (int i = 2; i < bottoms.Count; i++)
        {
            Include(bottoms[i].DataPointer, y, i, count);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        if (rectifier is not null)
        {
            GradientOfRectifiedSum(tops[0], propagateDown, bottoms, rectifier);
            return;
        }

        for (int i = 0; i < bottoms.Count; i++)
        {
            if (!propagateDown[i])
            {
                continue;
            }

            Gradient(tops[0], bottoms, i, Values(bottoms, i).DiffPointer);
            AddRepeated(bottoms, i);
        }
    }

    // Where the second bottom was repeated, sums the gradient over the places.
    private void AddRepeated(IReadOnlyList<Blob> bottoms, int i)
    {
        if (repeats && i == 1)
        {
            BroadcastKernel.Gradient(
                repeated.DiffPointer, null, bottoms[1].DiffPointer, false, outer, bottoms[1].Count, inner,
                Context.Pool);
        }
    }

    /// <summary>Takes in a rectifier of the sum of two bottoms.</summary>
    public override bool TryTrainWith(Layer follower, IReadOnlyList<Blob> followerBottoms)
    {
        if (options.Operation != EltwiseOp.Sum || Parameter.Bottom.Count != 2 || rectifier is not null
            || follower is not IRectifier { IsRectifier: true, Ceiling: float.PositiveInfinity } next)
        {
            return false;
        }

        rectifier = next;
        return true;
    }

    /// <inheritdoc/>
    public override void TrainAlone() => rectifier = null;

    // The sum of the first two bottoms.
    private void Add(float* a, float* b, float* y, int count)
    {
        if (rectifier is null)
        {
            EltwiseKernel.Run(new WeightedSum(Coefficient(0), Coefficient(1)), a, b, y, count, Context.Pool);
            return;
        }

        EltwiseKernel.Run(Sum(rectifier), a, b, y, count, Context.Pool);
    }

    private RectifiedSum Sum(IRectifier next) => new(Coefficient(0), Coefficient(1), next.NegativeSlope);

    private void GradientOfRectifiedSum(
        Blob top, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms, IRectifier next)
    {
        float* first = propagateDown[0] ? bottoms[0].DiffPointer : null;
        float* second = propagateDown[1] ? Values(bottoms, 1).DiffPointer : null;
        RectifiedSumGradient.Run(
            top.DataPointer, top.DiffPointer, first, second, Sum(next), top.Count, Context.Pool);
        if (propagateDown[1])
        {
            AddRepeated(bottoms, 1);
        }
    }

    /// <inheritdoc/>
    bool ISum.IsSum(IReadOnlyList<Blob> bottoms) =>
        options.Operation == EltwiseOp.Sum && bottoms.Count == 2 && !repeats
        && Coefficient(0) == 1 && Coefficient(1) == 1;

    private void Gradient(Blob top, IReadOnlyList<Blob> bottoms, int i, float* dx)
    {
        float* dy = top.DiffPointer;
        int count = top.Count;
        switch (options.Operation)
        {
            case EltwiseOp.Prod:
                ProductGradient(top, bottoms, i, dx);
                break;
            case EltwiseOp.Div:
                QuotientGradient(dy, bottoms, i, dx, count);
                break;
            case EltwiseOp.Max or EltwiseOp.Min:
                EltwiseKernel.Run(new SelectIndex(i), winners.DataPointer, dy, dx, count, Context.Pool);
                break;
            default:
                EltwiseKernel.Run(new Multiple(Coefficient(i)), dy, dy, dx, count, Context.Pool);
                break;
        }
    }

    private void Include(float* x, float* y, int i, int count)
    {
        switch (options.Operation)
        {
            case EltwiseOp.Prod:
                EltwiseKernel.Run(default(Multiply), x, y, y, count, Context.Pool);
                break;
            case EltwiseOp.Max or EltwiseOp.Min:
                EltwiseMaxKernel.Include(
                    x, y, winners.DataPointer, i, count, Context.Pool, options.Operation == EltwiseOp.Min);
                break;
            default:
                EltwiseKernel.Run(new WeightedSum(Coefficient(i), 1), x, y, y, count, Context.Pool);
                break;
        }
    }

    // The product of the other bottoms; or the top divided by the value, which is less work but NaN where the value is
    // 0.
    private void ProductGradient(Blob top, IReadOnlyList<Blob> bottoms, int i, float* dx)
    {
        int count = top.Count;
        if (!options.StableProdGrad)
        {
            float* x = Values(bottoms, i).DataPointer;
            EltwiseKernel.Run(default(Divide), top.DataPointer, x, dx, count, Context.Pool);
            EltwiseKernel.Run(default(Multiply), dx, top.DiffPointer, dx, count, Context.Pool);
            return;
        }

        float* product = top.DiffPointer;
        for (int other = 0; other < bottoms.Count; other++)
        {
            if (other != i)
            {
                float* factor = Values(bottoms, other).DataPointer;
                EltwiseKernel.Run(default(Multiply), product, factor, dx, count, Context.Pool);
                product = dx;
            }
        }
    }

    // dy / b for the dividend; -dy a / b^2 for the divisor.
    private void QuotientGradient(float* dy, IReadOnlyList<Blob> bottoms, int i, float* dx, int count)
    {
        float* divisor = Values(bottoms, 1).DataPointer;
        EltwiseKernel.Run(default(Divide), dy, divisor, dx, count, Context.Pool);
        if (i == 1)
        {
            EltwiseKernel.Run(default(Multiply), dx, bottoms[0].DataPointer, dx, count, Context.Pool);
            EltwiseKernel.Run(default(Divide), dx, divisor, dx, count, Context.Pool);
            EltwiseKernel.Run(new Multiple(-1), dx, dx, dx, count, Context.Pool);
        }
    }

    private Blob Values(IReadOnlyList<Blob> bottoms, int i) => repeats && i == 1 ? repeated : bottoms[i];

    // Returns whether the axes of the second are those of the first from `axis` on.
    private bool IsPart(Blob first, Blob second)
    {
        int axis = options.Axis < 0 ? options.Axis + first.AxisCount : options.Axis;
        if (axis < 0 || axis + second.AxisCount > first.AxisCount
            || !first.Shape.Slice(axis, second.AxisCount).SequenceEqual(second.Shape))
        {
            return false;
        }

        (outer, inner) = (first.CountOf(0, axis), first.CountOf(axis + second.AxisCount));
        return true;
    }

    private float Coefficient(int bottom) =>
        options.Coeff.Count == 0 || options.Operation != EltwiseOp.Sum ? 1 : options.Coeff[bottom];
}
