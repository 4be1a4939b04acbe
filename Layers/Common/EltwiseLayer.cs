using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;
using static Cnn.Proto.EltwiseParameter.Types;

namespace Cnn.Layers.Common;

/// <summary>
/// Combines two or more bottoms of the same shape into one top, value by value: their weighted sum (<c>coeff</c>),
/// product or maximum. The gradient of the maximum goes to the bottom that has it. On a tie of the first two it goes to
/// the second; a later bottom gets it only if it is larger.
/// </summary>
[LayerType("Eltwise")]
internal sealed unsafe class EltwiseLayer(LayerContext context) : Layer(context)
{
    private readonly EltwiseParameter options = context.Parameter.EltwiseParam ?? new EltwiseParameter();
    private readonly Blob winners = new();

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.AtLeast(2);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool NeedsTopValues => options is { Operation: EltwiseOp.Prod, StableProdGrad: false };

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        if (options.Coeff.Count == 0)
        {
            return;
        }

        if (options.Operation == EltwiseOp.Prod)
        {
            throw Context.Error(
                options, EltwiseParameter.CoeffFieldNumber, "coeff has no meaning for PROD", "leave it out");
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
        for (int i = 1; i < bottoms.Count; i++)
        {
            if (!bottoms[i].HasShapeOf(bottoms[0]))
            {
                throw Context.Error(
                    $"bottom '{Parameter.Bottom[i]}' has shape {bottoms[i].ShapeText}, "
                    + $"bottom '{Parameter.Bottom[0]}' {bottoms[0].ShapeText}",
                    "the bottoms need one shape");
            }
        }

        tops[0].ReshapeLike(bottoms[0]);
        if (options.Operation == EltwiseOp.Max)
        {
            winners.ReshapeLike(bottoms[0]);
        }
    }

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        float* a = bottoms[0].DataPointer, b = bottoms[1].DataPointer, y = tops[0].DataPointer;
        int count = tops[0].Count;
        switch (options.Operation)
        {
            case EltwiseOp.Prod:
                EltwiseKernel.Run(default(Multiply), a, b, y, count, Context.Pool);
                break;
            case EltwiseOp.Max:
                EltwiseKernel.Run(default(LargerOfTwo), a, b, winners.DataPointer, count, Context.Pool);
                EltwiseKernel.Run(default(Larger), a, b, y, count, Context.Pool);
                break;
            default:
                EltwiseKernel.Run(new WeightedSum(Coefficient(0), Coefficient(1)), a, b, y, count, Context.Pool);
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
        float* dy = tops[0].DiffPointer;
        int count = tops[0].Count;
        for (int i = 0; i < bottoms.Count; i++)
        {
            if (!propagateDown[i])
            {
                continue;
            }

            float* dx = bottoms[i].DiffPointer;
            switch (options.Operation)
            {
                case EltwiseOp.Prod:
                    ProductGradient(tops[0], bottoms, i);
                    break;
                case EltwiseOp.Max:
                    EltwiseKernel.Run(new SelectIndex(i), winners.DataPointer, dy, dx, count, Context.Pool);
                    break;
                default:
                    EltwiseKernel.Run(new Multiple(Coefficient(i)), dy, dy, dx, count, Context.Pool);
                    break;
            }
        }
    }

    private void Include(float* x, float* y, int i, int count)
    {
        switch (options.Operation)
        {
            case EltwiseOp.Prod:
                EltwiseKernel.Run(default(Multiply), x, y, y, count, Context.Pool);
                break;
            case EltwiseOp.Max:
                EltwiseMaxKernel.Include(x, y, winners.DataPointer, i, count, Context.Pool);
                break;
            default:
                EltwiseKernel.Run(new WeightedSum(Coefficient(i), 1), x, y, y, count, Context.Pool);
                break;
        }
    }

    // The product of the other bottoms; or the top divided by the value, which is less work but NaN where the value is
    // 0.
    private void ProductGradient(Blob top, IReadOnlyList<Blob> bottoms, int i)
    {
        float* dx = bottoms[i].DiffPointer;
        int count = top.Count;
        if (!options.StableProdGrad)
        {
            EltwiseKernel.Run(default(Divide), top.DataPointer, bottoms[i].DataPointer, dx, count, Context.Pool);
            EltwiseKernel.Run(default(Multiply), dx, top.DiffPointer, dx, count, Context.Pool);
            return;
        }

        float* product = top.DiffPointer;
        for (int other = 0; other < bottoms.Count; other++)
        {
            if (other != i)
            {
                EltwiseKernel.Run(default(Multiply), product, bottoms[other].DataPointer, dx, count, Context.Pool);
                product = dx;
            }
        }
    }

    private float Coefficient(int bottom) =>
        options.Coeff.Count == 0 || options.Operation != EltwiseOp.Sum ? 1 : options.Coeff[bottom];
}
