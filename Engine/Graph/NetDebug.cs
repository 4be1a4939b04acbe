using Cnn.Engine.Runs;
using Serilog;

namespace Cnn.Engine.Graph;

/// <summary>
/// Logs the lines of <c>debug_info</c>: the mean absolute values of what each layer reads and writes.
/// </summary>
internal static class NetDebug
{
    public static void LogForward(ILogger log, NetLayer layer)
    {
        for (int i = 0; i < layer.Tops.Count; i++)
        {
            Log(
                log,
                $"    [Forward] Layer {layer.Name}, top blob {layer.TopNames[i]} data: {Mean(layer.Tops[i].Data)}");
        }

        for (int i = 0; i < layer.Layer.Blobs.Count; i++)
        {
            Log(
                log,
                $"    [Forward] Layer {layer.Name}, param blob {ParameterName(layer, i)} "
                + $"data: {Mean(layer.Layer.Blobs[i].Data)}");
        }
    }

    public static void LogBackward(ILogger log, NetLayer layer)
    {
        for (int i = 0; i < layer.Bottoms.Count; i++)
        {
            if (layer.PropagateDown[i])
            {
                Log(
                    log,
                    $"    [Backward] Layer {layer.Name}, bottom blob {layer.BottomNames[i]} "
                    + $"diff: {Mean(layer.Bottoms[i].Diff)}");
            }
        }

        for (int i = 0; i < layer.Layer.Blobs.Count; i++)
        {
            if (layer.Layer.NeedsGradient(i))
            {
                Log(log, $"    [Backward] Layer {layer.Name}, param blob {i} diff: {Mean(layer.Layer.Blobs[i].Diff)}");
            }
        }
    }

    public static void LogTotals(ILogger log, IReadOnlyList<LearnableParameter> parameters)
    {
        double dataL1 = 0, diffL1 = 0, dataL2 = 0, diffL2 = 0;
        foreach (LearnableParameter parameter in parameters)
        {
            Add(parameter.Blob.Data, ref dataL1, ref dataL2);
            Add(parameter.Blob.Diff, ref diffL1, ref diffL2);
        }

        log.Error(
            "{Line:l}",
            $"    [Backward] All net params (data, diff): L1 norm = ({CaffeNumber.Format(dataL1)}, "
            + $"{CaffeNumber.Format(diffL1)}); L2 norm = ({CaffeNumber.Format(Math.Sqrt(dataL2))}, "
            + $"{CaffeNumber.Format(Math.Sqrt(diffL2))})");
    }

    private static string ParameterName(NetLayer layer, int index) =>
        index < layer.Definition.Param.Count && layer.Definition.Param[index].Name.Length > 0
            ? layer.Definition.Param[index].Name
            : $"{index}";

    private static void Add(ReadOnlySpan<float> values, ref double l1, ref double l2)
    {
        foreach (float value in values)
        {
            l1 += Math.Abs(value);
            l2 += (double)value * value;
        }
    }

    private static string Mean(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        Add(values, ref sum, ref squares);
        return CaffeNumber.Format(values.Length == 0 ? 0 : sum / values.Length);
    }

    private static void Log(ILogger log, string line) => log.Information("{Line:l}", line);
}
