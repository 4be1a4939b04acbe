using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Engine.Import;

/// <summary>A net that was read from another program's file.</summary>
public sealed class ImportedNet
{
    private readonly SnapshotNet weights;

    internal ImportedNet(NetDefinition definition, SnapshotNet weights)
    {
        Definition = definition;
        this.weights = weights;
    }

    /// <summary>The net, without its weights.</summary>
    public NetDefinition Definition { get; }

    /// <summary>The number of layers.</summary>
    public int LayerCount => Definition.Message.Layer.Count;

    /// <summary>The number of values in the weights; what several layers share counts once.</summary>
    public long ParameterCount => weights.Layers.SelectMany(l => l.Parameters).Where(p => !p.IsShared)
        .Sum(p => (long)p.Data.Length);

    /// <summary>
    /// Writes the definition, as prototxt or YAML by its extension, and the weights, as HDF5 for .h5 and else as a
    /// .caffemodel. Each file is written whole or not at all, the weights first.
    /// </summary>
    /// <param name="definitionPath">The definition's file.</param>
    /// <param name="weightsPath">The file of the weights.</param>
    /// <exception cref="CnnException">A file cannot be written.</exception>
    public void Save(string definitionPath, string weightsPath)
    {
        ProtoFormat format = ProtoFile.FormatToWrite(definitionPath);
        ISnapshotFormat weightsFormat = SnapshotFormats.ForName(weightsPath);
        weightsFormat.RequireNames(weights.Layers.Select(l => l.Definition.Name));

        // The definition gets its name last, when it is written and the weights have their name.
        AtomicFile.Write(definitionPath, stream =>
        {
            ProtoFile.Write(Definition.Message, stream, format);
            SaveWeights(weightsPath);
        });
    }

    /// <summary>Writes the weights alone.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CnnException">It cannot be written.</exception>
    public void SaveWeights(string path) => AtomicFile.Write(
        path, stream => SnapshotFormats.ForName(path).WriteWeights(weights, withDiff: false, stream));

    /// <summary>Builds the net with its weights, for the phase TEST.</summary>
    /// <param name="options">How to build it; null for the defaults.</param>
    /// <exception cref="CnnException">A layer does not take what the file gives it.</exception>
    public Net Build(NetOptions? options = null)
    {
        Net net = Net.Construct(Definition, options ?? new NetOptions());
        try
        {
            foreach (var (array, blob) in Parameters(net))
            {
                array.Data.CopyTo(blob.Data);
                blob.IsFilled = true;
            }

            net.FillParameters();
            net.ParametersChanged();
            return net;
        }
        catch
        {
            net.Dispose();
            throw;
        }
    }

    /// <summary>Requires that the layers take what the file gives them, without a copy of the weights.</summary>
    /// <param name="options">How to build the net.</param>
    /// <exception cref="CnnException">A layer does not.</exception>
    internal void RequireBuilds(NetOptions options)
    {
        using Net net = Net.Construct(Definition, options);
        foreach (var _ in Parameters(net))
        {
        }
    }

    private IEnumerable<(SnapshotArray Array, Blob Blob)> Parameters(Net net)
    {
        foreach (SnapshotLayer layer in weights.Layers.Where(l => l.Parameters.Count > 0))
        {
            IReadOnlyList<Blob> blobs = net.FindLayer(layer.Definition.Name).Layer.Blobs;
            for (int i = 0; i < layer.Parameters.Count; i++)
            {
                SnapshotArray array = layer.Parameters[i];
                if (i >= blobs.Count || array.Data.Length != blobs[i].Count)
                {
                    throw new CnnException(
                        $"layer '{layer.Definition.Name}' ({layer.Definition.Type}) takes "
                        + $"{(i < blobs.Count ? blobs[i].Count : 0)} values as its parameter {i}, the file has "
                        + $"{array.Data.Length}");
                }

                yield return (array, blobs[i]);
            }
        }
    }
}
