using System.Globalization;
using System.Text;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;

namespace Cnn.Runner.Reports;

/// <summary>Describes a net as a table of its layers.</summary>
internal static class NetSummary
{
    /// <summary>
    /// Lists each layer's type, tops, parameters, connections of one item and multiply-adds; parameters that layers
    /// share count once in the total.
    /// </summary>
    public static string Describe(Net net)
    {
        var table = new TextTable("layer", "type", "tops", ">parameters", ">connections", ">multiply-adds");
        var counted = new HashSet<Blob>();
        long parameters = 0, trained = 0, connections = 0, multiplyAdds = 0, values = 0;
        foreach (NetLayer layer in net.Layers)
        {
            LayerCost cost = layer.Cost;
            string tops = string.Join(", ", layer.Tops.Select((t, i) => $"{layer.TopNames[i]} {ShapeOf(t)}"));
            table.Add(
                layer.Name,
                layer.Layer.Type,
                tops,
                Count(layer.ParameterCount),
                Count(cost.Connections),
                Count(cost.MultiplyAdds));
            connections += cost.Connections;
            multiplyAdds += cost.MultiplyAdds;
            values += layer.Tops.Sum(t => (long)t.Count);
        }

        foreach (LearnableParameter parameter in net.Learnable)
        {
            int count = counted.Add(parameter.Blob) ? parameter.Blob.Count : 0;
            parameters += count;
            trained += parameter.LearningRateMultiplier == 0 ? 0 : count;
        }

        table.AddRule();
        table.Add("total", "", "", Count(parameters), Count(connections), Count(multiplyAdds));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{net.Name} ({net.Phase.ToString().ToUpperInvariant()})\n\n")
            .Append(table);
        text.Append(
            CultureInfo.InvariantCulture,
            $"\n{Count(trained)} of the parameters are trained");
        text.Append(
            CultureInfo.InvariantCulture,
            $"\nparameters take {Count(parameters * sizeof(float))} bytes, "
            + $"all tops {Count(values * sizeof(float))} bytes\n");
        return text.ToString();
    }

    private static string ShapeOf(Blob blob) => $"[{string.Join(", ", blob.Shape.ToArray())}]";

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
