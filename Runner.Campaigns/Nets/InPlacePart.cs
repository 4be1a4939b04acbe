using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>
/// A net whose layers work in place gives what it gives when each top has a blob of its own, to the bit.
/// </summary>
internal sealed class InPlacePart : IDisposable
{
    private readonly WorkerPool pool = new(1);

    /// <summary>Returns what differs; null where nothing does.</summary>
    public string? Check(NetCase net)
    {
        NetParameter apart = Apart(net.Message, out Dictionary<string, string> names);
        if (names.Count == 0)
        {
            return null;
        }

        using Net one = net.Build(pool);
        NetCase other = net with { Message = apart };
        using Net two = other.Build(pool);
        one.RunsLayersAlone = two.RunsLayersAlone = true;
        foreach (Net each in (Net[])[one, two])
        {
            net.HandOver(each);
            InferencePart.SetStatistics(net, each);
            net.Fill(each);
        }

        float loss = one.Forward(), otherLoss = two.Forward();
        if (Comparison.Bits("the loss", [loss], [otherLoss]) is { } difference)
        {
            return $"in place and apart: {difference}";
        }

        foreach (string output in one.Outputs.Where(o => !o.StartsWith('(')))
        {
            Blob blob = two.FindBlob(names.GetValueOrDefault(output, output));
            if (Comparison.Bits($"'{output}'", one.FindBlob(output).Data, blob.Data) is { } value)
            {
                return $"in place and apart: {value}";
            }
        }

        return Gradients(net, one, two, names);
    }

    /// <inheritdoc/>
    public void Dispose() => pool.Dispose();

    private static string? Gradients(NetCase net, Net one, Net two, Dictionary<string, string> names)
    {
        NetPass.SetOutputDiffs(net, one);
        foreach (NetLayer layer in one.Layers)
        {
            for (int i = 0; i < layer.Tops.Count; i++)
            {
                if (NetPass.WantsDiff(one, layer, i))
                {
                    string name = layer.TopNames[i];
                    two.SetOutputDiff(names.GetValueOrDefault(name, name), layer.Tops[i].Diff);
                }
            }
        }

        one.Backward();
        two.Backward();
        foreach (var (wanted, got) in one.Learnable.Zip(two.Learnable))
        {
            if (Comparison.Bits($"the gradient of {wanted.Blob.ShapeText}", wanted.Blob.Diff,
                got.Blob.Diff) is { } difference)
            {
                return $"in place and apart: {difference}";
            }
        }

        return null;
    }

    // The net with a new name for every blob that a layer writes in place, and the last name of each such blob.
    private static NetParameter Apart(NetParameter message, out Dictionary<string, string> names)
    {
        NetParameter apart = message.Clone();
        names = [];
        foreach (LayerParameter layer in apart.Layer)
        {
            string[] bottoms = [.. layer.Bottom];
            for (int i = 0; i < layer.Bottom.Count; i++)
            {
                layer.Bottom[i] = names.GetValueOrDefault(layer.Bottom[i], layer.Bottom[i]);
            }

            for (int i = 0; i < layer.Top.Count; i++)
            {
                if (i < bottoms.Length && bottoms[i] == layer.Top[i])
                {
                    names[bottoms[i]] = layer.Top[i] = $"{bottoms[i]} of {layer.Name}";
                }
            }
        }

        return apart;
    }
}
