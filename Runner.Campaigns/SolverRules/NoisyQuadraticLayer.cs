using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Campaigns.SolverRules;

/// <summary>A loss of its parameters alone, which remembers the gradients that it gave since it was asked.</summary>
internal sealed class NoisyQuadraticLayer : Layer
{
    /// <summary>The type under which a registry has it.</summary>
    public const string TypeName = "NoisyQuadratic";

    private readonly NoisyQuadratic objective;
    private readonly float[][] gradients;
    private readonly double[][] sums;
    private readonly double[][] magnitudes;
    private long pass;

    /// <param name="context">What the net gives.</param>
    /// <param name="objective">The objective.</param>
    public NoisyQuadraticLayer(LayerContext context, NoisyQuadratic objective)
        : base(context)
    {
        this.objective = objective;
        gradients = [.. objective.Sizes.Select(s => new float[s])];
        sums = [.. objective.Sizes.Select(s => new double[s])];
        magnitudes = [.. objective.Sizes.Select(s => new double[s])];
    }

    /// <inheritdoc/>
    public override BlobCount BottomCount => BlobCount.Exactly(0);

    /// <inheritdoc/>
    public override BlobCount TopCount => BlobCount.Exactly(1);

    /// <inheritdoc/>
    public override bool IsLoss => true;

    /// <inheritdoc/>
    public override void SetUp(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        foreach (int size in objective.Sizes)
        {
            AddBlob(new FillerParameter { Type = "uniform", Min = -2, Max = 2 }, size);
        }
    }

    /// <inheritdoc/>
    public override void Reshape(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops) => tops[0].Reshape();

    /// <inheritdoc/>
    public override void Forward(IReadOnlyList<Blob> bottoms, IReadOnlyList<Blob> tops)
    {
        double loss = 0;
        for (int i = 0; i < Blobs.Count; i++)
        {
            loss += objective.Gradient(i, pass, Blobs[i].Data, gradients[i]);
        }

        tops[0].Data[0] = (float)loss;
        pass++;
    }

    /// <inheritdoc/>
    public override void Backward(
        IReadOnlyList<Blob> tops, IReadOnlyList<bool> propagateDown, IReadOnlyList<Blob> bottoms)
    {
        for (int i = 0; i < Blobs.Count; i++)
        {
            if (!NeedsGradient(i))
            {
                continue;
            }

            Span<float> diff = Blobs[i].Diff;
            for (int k = 0; k < diff.Length; k++)
            {
                diff[k] += gradients[i][k];
                sums[i][k] += gradients[i][k];
                magnitudes[i][k] += Math.Abs(gradients[i][k]);
            }
        }
    }

    /// <summary>Returns the sum of a parameter's gradients since the last call, and that of their magnitudes.</summary>
    public (double[] Sum, double[] Magnitude) TakeGradient(int parameter)
    {
        (double[] Sum, double[] Magnitude) taken = ([.. sums[parameter]], [.. magnitudes[parameter]]);
        Array.Clear(sums[parameter]);
        Array.Clear(magnitudes[parameter]);
        return taken;
    }
}
