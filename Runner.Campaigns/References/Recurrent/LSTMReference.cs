namespace Cnn.Campaigns.References.Recurrent;

/// <summary>Long short-term memory: sums in the order i, f, o, g; hidden blobs h and c.</summary>
[Reference("LSTM")]
internal sealed class LSTMReference : RecurrentReference
{
    /// <inheritdoc/>
    protected override int HiddenBlobs => 2;

    /// <inheritdoc/>
    protected override int Gates => 4;

    /// <inheritdoc/>
    protected override double[] Step(ReferenceCall call, double cont, double[] sums, double[][] hidden)
    {
        int size = hidden[0].Length;
        for (int d = 0; d < size; d++)
        {
            (hidden[1][d], hidden[0][d]) = LSTMCell.Step(
                cont * hidden[1][d], sums[d], sums[size + d], sums[(2 * size) + d], sums[(3 * size) + d]);
        }

        return hidden[0];
    }
}
