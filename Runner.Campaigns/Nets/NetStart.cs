using Cnn.Engine.Graph;
using Cnn.Layers;

namespace Cnn.Campaigns.Nets;

/// <summary>What a net begins with, besides its inputs: parameters, states and the count of passes.</summary>
internal sealed class NetStart
{
    private readonly Net net;
    private readonly long pass;
    private readonly (Blob Blob, float[] Values)[] values;

    /// <param name="net">The net before its first pass.</param>
    /// <param name="withStates">Whether the layers' states count.</param>
    public NetStart(Net net, bool withStates = true)
    {
        this.net = net;
        pass = net.Clock.Pass;
        values =
        [
            .. net.Layers.SelectMany(l => l.Parameters.Concat(withStates ? l.Layer.State : [])).Select(b =>
                (b, b.Data.ToArray())),
        ];
    }

    /// <summary>Whether the layers keep nothing else from pass to pass.</summary>
    public bool CanBegin =>
        net.Layers.All(l => !l.Layer.DependsOnEarlierPasses || l.Layer.State.Count > 0)
        && values.All(v => v.Values.Length == v.Blob.Count);

    /// <summary>Sets them back.</summary>
    public void Begin()
    {
        net.Clock.Pass = pass;
        SetBack();
    }

    /// <summary>Sets the values back, but not the count of passes.</summary>
    public void SetBack()
    {
        foreach (var (blob, kept) in values)
        {
            kept.CopyTo(blob.Data);
        }
    }
}
