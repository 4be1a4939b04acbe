using Cnn.Engine.Runs;
using Serilog;

namespace Cnn.Engine.Graph;

/// <summary>Logs a net's outputs in the form that log parsers expect.</summary>
internal static class NetOutputs
{
    /// <summary>Logs the mean of each value of each output blob over several passes.</summary>
    /// <param name="net">The net.</param>
    /// <param name="kind">"Train" or "Test".</param>
    /// <param name="sums">The values, summed over the passes; in the order of the outputs.</param>
    /// <param name="passes">The number of passes summed.</param>
    /// <param name="log">The log; null for none.</param>
    /// <returns>The means.</returns>
    public static List<(string Blob, double Mean)> Log(
        Net net, string kind, ReadOnlySpan<double> sums, int passes, ILogger? log)
    {
        var means = new List<(string, double)>();
        int number = 0;
        foreach (string name in net.Outputs)
        {
            float weight = LossWeight(net, name);
            int count = net.FindBlob(name).Count;
            for (int i = 0; i < count; i++)
            {
                double mean = sums[number] / passes;
                string loss = weight == 0 ? "" : LossSuffix(weight, mean);
                log?.Information(
                    "{Line:l}", $"    {kind} net output #{number}: {name} = {CaffeNumber.Format(mean)}{loss}");
                means.Add((name, mean));
                number = means.Count;
            }
        }

        return means;
    }

    /// <summary>Returns the weight of an output in the loss; 0 when it has none.</summary>
    public static float LossWeight(Net net, string output)
    {
        foreach (NetLayer layer in net.Layers)
        {
            for (int top = 0; top < layer.Tops.Count; top++)
            {
                if (layer.TopNames[top] == output && layer.LossWeights[top] != 0)
                {
                    return layer.LossWeights[top];
                }
            }
        }

        return 0;
    }

    /// <summary>Formats <c> (* weight = weighted loss)</c>.</summary>
    public static string LossSuffix(float weight, double value) =>
        $" (* {CaffeNumber.Format(weight)} = {CaffeNumber.Format(weight * value)} loss)";
}
