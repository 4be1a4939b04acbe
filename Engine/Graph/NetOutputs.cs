using Cnn.Engine.Runs;
using Serilog;

namespace Cnn.Engine.Graph;

/// <summary>Logs a net's outputs in the form that log parsers expect.</summary>
internal static class NetOutputs
{
    /// <summary>Logs the values of the outputs, a line for each.</summary>
    /// <param name="net">The net.</param>
    /// <param name="kind">"Train" or "Test".</param>
    /// <param name="values">The values, in the order of the outputs.</param>
    /// <param name="log">The log; null for none.</param>
    public static void Log(
        Net net, string kind, IReadOnlyList<(string Blob, double Mean)> values, ILogger? log)
    {
        for (int number = 0; number < values.Count; number++)
        {
            var (name, mean) = values[number];
            float weight = LossWeight(net, name);
            string loss = weight == 0 ? "" : LossSuffix(weight, mean);
            log?.Information(
                "{Line:l}", $"    {kind} net output #{number}: {name} = {CaffeNumber.Format(mean)}{loss}");
        }
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
