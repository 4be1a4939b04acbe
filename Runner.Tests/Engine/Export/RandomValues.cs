using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Tests.Engine.Export;

/// <summary>
/// Gives nets inputs and weights under which their outputs tell something: deploy nets have no fillers, and a net of
/// zeros gives the same whatever it computes.
/// </summary>
internal static class RandomValues
{
    // Caffe stores sums of statistics, and how much they weigh.
    private const float Weight = 4;

    /// <summary>
    /// Fills the inputs and the parameters: weights that keep the size of what passes, factors and biases, and the
    /// statistics that the inputs have.
    /// </summary>
    public static void Fill(Net net)
    {
        net.RunsLayersAlone = true;
        uint random = 18;
        foreach (string input in net.Inputs)
        {
            Draw(net.FindBlob(input).Data, 0, 1, ref random);
        }

        var filled = new HashSet<Blob>();
        foreach (NetLayer layer in net.Layers)
        {
            for (int i = 0; i < layer.Parameters.Count; i++)
            {
                if (filled.Add(layer.Parameters[i]))
                {
                    Fill(layer, i, ref random);
                }
            }

            net.ParametersChanged();
            net.ForwardLayer(layer);
        }
    }

    private static void Fill(NetLayer layer, int index, ref uint random)
    {
        Blob blob = layer.Parameters[index];
        if (layer.Type == "BatchNorm" && index < 3)
        {
            Statistics(layer.BottomList[0], index).CopyTo(blob.Data);
            return;
        }

        bool isMatrix = blob.AxisCount > 1 && blob.Dim(0) > 1;
        float middle = (layer.Type, index) switch
        {
            ("Scale", 0) or ("BatchNorm", 3) => 1,
            ("PReLU", _) => 0.25f,
            _ => 0,
        };
        Draw(blob.Data, middle, isMatrix ? MathF.Sqrt(6f / blob.CountOf(1)) : 0.2f, ref random);
    }

    // The means, the variances, or their weight.
    private static float[] Statistics(Blob bottom, int index)
    {
        if (index == 2)
        {
            return [Weight];
        }

        int channels = bottom.Dim(1), plane = bottom.CountOf(2);
        var (sums, squares) = (new double[channels], new double[channels]);
        ReadOnlySpan<float> values = bottom.Data;
        for (int i = 0; i < values.Length; i++)
        {
            sums[i / plane % channels] += values[i];
            squares[i / plane % channels] += (double)values[i] * values[i];
        }

        double count = values.Length / channels;
        return
        [
            .. sums.Zip(squares, (sum, square) =>
            {
                double mean = sum / count;
                return (float)(Weight * (index == 0 ? mean : (square / count) - (mean * mean) + 0.01));
            }),
        ];
    }

    private static void Draw(Span<float> values, float middle, float size, ref uint random)
    {
        foreach (ref float value in values)
        {
            // Marsaglia's xorshift: there are hundreds of millions of weights.
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            value = middle + (size * ((int)random * (1f / (1u << 31))));
        }
    }
}
