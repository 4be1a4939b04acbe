using Cnn.Layers;

namespace Cnn.Tests.Engine.Checks;

/// <summary>y = a x², with a learned; does one thing wrong, which the test chooses.</summary>
internal class WrongLayer(LayerContext context, Fault fault) : Layer(context)
{
    private int passes;
    private int firstCount;
    private float[] left = [];

    public override BlobCount BottomCount => BlobCount.Exactly(1);

    public override BlobCount TopCount => BlobCount.Exactly(1);

    public override bool AllowsInPlace => fault is Fault.InPlace;

    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        AddBlob(null, 1);
        firstCount = bottoms[0].Count;
    }

    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        tops[0].ReshapeLike(bottoms[0]);
        if (fault == Fault.NoItems)
        {
            firstCount = 12 / bottoms[0].Dim(0);
        }
    }

    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        Span<float> x = bottoms[0].Data, y = tops[0].Data;
        float a = Blobs[0].Data[0];
        int count = fault == Fault.Reshaping ? Math.Min(firstCount, x.Length) : x.Length;
        for (int i = 0; i < count; i++)
        {
            y[i] = fault == Fault.Unwritten && i == 3 ? y[i] : a * x[i] * x[i];
        }

        passes++;
        y[count..].Fill(1);
        left = fault == Fault.Allocation ? [a] : left;
        if (x.Length > 3)
        {
            y[3] += fault == Fault.Threads ? 0.25f * Context.Pool.ThreadCount : fault == Fault.Repeats ? passes : 0;
        }
    }

    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        Span<float> x = bottoms[0].Data, dy = tops[0].Diff, dx = bottoms[0].Diff, y = tops[0].Data;
        float a = Blobs[0].Data[0], sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            sum += dy[i] * x[i] * x[i];
            if (propagateDown[0])
            {
                dx[i] = (fault == Fault.BottomDiffAdds ? dx[i] : 0)
                    + (2 * a * x[i] * dy[i] * (fault == Fault.BottomGradient && i == 7 ? 1.1f : 1))
                    + (fault == Fault.TopValues ? 1e-9f * y[i] : 0);
            }
        }

        if (fault == Fault.BottomUnwritten && propagateDown[0] && x.Length > 5)
        {
            dx[5] = dx[5] * float.NaN;
        }

        Span<float> da = Blobs[0].Diff;
        da[0] = (fault == Fault.ParameterOverwritten ? 0 : da[0])
            + (sum * (fault == Fault.ParameterGradient ? -1 : 1));
    }
}
