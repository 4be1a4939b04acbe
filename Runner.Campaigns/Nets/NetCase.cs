using Cnn.Engine.Graph;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Data;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Campaigns.Nets;

/// <summary>A net that was drawn, and what its inputs hold.</summary>
/// <param name="Message">The net.</param>
/// <param name="Fills">How the values of the inputs are drawn, by blob.</param>
/// <param name="Phase">The phase that it is built for.</param>
/// <param name="Seed">The seed of the values.</param>
internal sealed record NetCase(
    NetParameter Message, IReadOnlyDictionary<string, BottomFill> Fills, Phase Phase, ulong Seed)
{
    /// <summary>The net as a file.</summary>
    public string Text => TextFormat.Print(Message);

    /// <summary>Reads the text and builds the net of it, as every command does.</summary>
    /// <exception cref="CnnException">The net is refused.</exception>
    public Net Build(WorkerPool pool, Func<NetOptions, NetOptions>? change = null)
    {
        var options = new NetOptions { Phase = Phase, Pool = pool, Seed = (long)(Seed % 1000) };
        return Net.Build(Definition(Text), change?.Invoke(options) ?? options);
    }

    /// <summary>Reads a net that may name the campaign's files.</summary>
    /// <exception cref="CnnException">The text is wrong.</exception>
    public static NetDefinition Definition(string text)
    {
        NetDefinition read = NetDefinition.Parse(text);
        return new NetDefinition(read.Message, read.Sources, CampaignFiles.Resolver) { Warnings = read.Warnings };
    }

    /// <summary>
    /// Draws the values of all inputs and hands data over to the layers that wait for it. An input's values depend on
    /// the seed and
    /// its name alone.
    /// </summary>
    public void Fill(Net net)
    {
        foreach (string name in net.Inputs)
        {
            Blob blob = net.FindInput(name);
            BottomFill fill = Fills.GetValueOrDefault(name, BottomFill.Floats);
            fill.Draw(Random(name), blob.Shape.ToArray()).CopyTo(blob.Data);
        }
    }

    /// <summary>Hands data over to the layers that wait for it; once for each net.</summary>
    public void HandOver(Net net)
    {
        foreach (NetLayer layer in net.Layers)
        {
            if (layer.Layer is MemoryDataLayer memory)
            {
                int items = layer.Tops[0].Dim(0) * 2, size = layer.Tops[0].CountOf(1);
                PhiloxRandom random = Random(layer.Name);
                memory.Reset(
                    BottomFill.Floats.Draw(random, [items, size]), BottomFill.Below(3).Draw(random, [items]));
            }
        }
    }

    /// <summary>Returns random numbers of a purpose.</summary>
    public PhiloxRandom Random(string purpose) => new(Seed, Running.PartRun.Hash(purpose));
}
