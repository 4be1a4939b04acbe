namespace Cnn.Campaigns.References.Recurrent;

/// <summary><c>h_t = tanh(sums)</c>, <c>o_t = tanh(W_ho h_t + b_o)</c>.</summary>
[Reference("RNN")]
internal sealed class RNNReference : RecurrentReference
{
    /// <inheritdoc/>
    protected override int HiddenBlobs => 1;

    /// <inheritdoc/>
    protected override int Gates => 1;

    /// <inheritdoc/>
    protected override double[] Step(ReferenceCall call, double cont, double[] sums, double[][] hidden)
    {
        int size = sums.Length, first = RecurrentWeights(call) + 1;
        double[] h = hidden[0] = [.. sums.Select(Math.Tanh)];
        ReferenceBlob weights = call.Parameter(first, size, size), bias = call.Parameter(first + 1, size);
        return [.. Enumerable.Range(0, size).Select(row => Math.Tanh(bias.Data[row] + Product(row)))];

        double Product(int row) => Enumerable.Range(0, size).Sum(i => weights.Data[(row * size) + i] * h[i]);
    }
}
